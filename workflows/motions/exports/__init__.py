"""Documents for download: act.json, papers, evidence, printed files, differences between versions."""
