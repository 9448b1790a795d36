"""The formats of the audit log: RFC 9162 trees, C2SP signed notes, checkpoints and proofs."""
