from gradatim.tools.repair.pool.pool import Pool, PoolResult

__all__ = ["Pool", "PoolResult"]
