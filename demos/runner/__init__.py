"""From a queued row to a stored verdict: claim, fork, watch, store."""
