"""Why a model decides as it does: attributions, motifs, probes."""
