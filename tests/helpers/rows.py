"""A row of a sample sheet for tests."""

ROW = {
    "sample": "hepg2",
    "factor": "JUND",
    "cell": "<HepG2>",
    "peaks": "peaks.bed",
    "spans": "",
    "atac": "atac.bw",
    "ambiguous": "",
    "trained_on": "",
}
