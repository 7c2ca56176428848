#!/bin/sh
# The student's training step against the same step in PyTorch: train_step.sh PROGRAM [ROUNDS [STEPS [THREADS]]].
# Both take turns, round by round, so that what else the machine does meets both alike; each round's figure is a
# median over STEPS, the table shows the median of rounds and, of the ratio ours / PyTorch, its range over rounds.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$1
rounds=${2:-5}
steps=${3:-10}
threads=${4:-$(nproc)}
python=${RETORT_PYTHON:-$(cat "$here/../build/python")}

echo "ResNet-18, CIFAR, SGD; $rounds rounds of $steps steps, $threads threads; images/s"
printf '%-10s %6s %10s %10s %8s   %s\n' precision batch retort PyTorch ratio 'range of the ratio'
for precision in 32-true bf16-mixed; do
  for batch in 64 128; do
    for _ in $(seq "$rounds"); do
      ours=$("$program" "$batch" "$precision" "$steps" "$threads")
      theirs=$("$python" "$here/peers/train_step.py" "$batch" "$precision" "$steps" "$threads" 2>/dev/null)
      echo "$ours $theirs"
    done | "$python" -c '
import statistics, sys
rows = [tuple(map(float, line.split())) for line in sys.stdin]
ours, theirs = (statistics.median(column) for column in zip(*rows))
ratios = sorted(a / b for a, b in rows)
print(f"{sys.argv[1]:<10} {sys.argv[2]:>6} {ours:>10.1f} {theirs:>10.1f} {statistics.median(ratios):>8.3f}"
      f"   {ratios[0]:.3f} - {ratios[-1]:.3f}")' "$precision" "$batch"
  done
done
