"""Examples as sharded TFRecords, and the manifest that declares their features."""
