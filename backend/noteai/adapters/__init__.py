"""The ports of the engine, on real technology."""
