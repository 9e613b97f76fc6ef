"""What every rule does around its work: logs, records, lineage, verification, digests."""
