#!/bin/sh
# Hinton's experiments on MNIST (docs/study.md) over five seeds, one after the other; a stopped run goes on by the same command.
# usage: hinton_mnist.sh [SEEDS]. Each leaves its table in outputs/hinton_mnist/NAME/study.log and results.json.
set -eu
cd "$(dirname "$0")/.."
seeds=${1:-5}
for name in hinton without_3 only_7_8 ensemble temperatures; do
  echo "== $name"
  ./retort study "experiment=mnist/$name" "seeds=$seeds" trainer.precision=bf16-mixed "hydra.run.dir=outputs/hinton_mnist/$name"
done
echo "== cifar10"
./retort study experiment=cifar10/resnet20_resnet8 seeds=3 trainer.precision=bf16-mixed hydra.run.dir=outputs/hinton_mnist/cifar10
