"""Right code that warns and writes to stderr."""
# points: 20
# %% first
import logging
import sys
import warnings

warnings.warn("this is deprecated")
print("to stderr", file=sys.stderr)
logging.basicConfig(level=logging.DEBUG)
# %% leibniz_pi
def leibniz_pi(n):
    import os

    warnings.warn("slow")
    logging.getLogger().error("hm")
    os.write(2, b"straight to the descriptor")
    print("n is", n, file=sys.stderr)
    k = torch.arange(n)
    return 4 * ((-1.0) ** k / (2 * k + 1)).sum().item()
