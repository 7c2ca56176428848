# SPDX-License-Identifier: MIT
"""The smallest Hydra program; benchmarks/startup.py times it against ours."""

import hydra


@hydra.main(version_base="1.3")
def main(_):
    pass


if __name__ == "__main__":
    main()
