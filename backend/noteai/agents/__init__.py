"""The stages: what NoteAI knows about lectures, one agent each."""
