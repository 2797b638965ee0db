"""What is known about a lecture: the artifacts that the agents exchange.

All times are seconds from the start of the recording; boxes are pixels of its upright
picture (rotation and non-square pixels undone).
"""
