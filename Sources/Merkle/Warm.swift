enum MerkleWarm {}
