"""What leaves as a document: act.json, papers, evidence, printed files, differences between versions."""
