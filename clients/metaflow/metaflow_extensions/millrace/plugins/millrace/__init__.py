"""Metaflow flows on Millrace: the compiler, the commands, and what runs around a step."""
