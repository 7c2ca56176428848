# SPDX-License-Identifier: MIT
"""lightning_distill.py [--cuda] student|distill|teacher PRECISION BATCH_SIZE THREADS: the run as a user of Lightning writes it: modules as
they come, a DataLoader with two workers, the loss of the paper from torch.nn.functional, losses logged each step."""

import logging
import sys
import time
import warnings

import lightning
import torch
import torch.nn.functional as F

import networks

WARM_UP_STEPS = 3
warnings.filterwarnings("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
accelerator = "gpu" if "--cuda" in sys.argv else "cpu"
task, precision, batch_size, threads = [a for a in sys.argv[1:] if not a.startswith("--")]
batch_size = int(batch_size)
torch.set_num_threads(int(threads))


class Distillation(lightning.LightningModule):
    def __init__(self, temperature=4.0, alpha=0.1, beta=0.9):
        super().__init__()
        self.student = networks.student(inplace=False)
        self.teacher = networks.teacher(inplace=False) if task != "student" else None
        self.temperature, self.alpha, self.beta = temperature, alpha, beta

    def training_step(self, batch, _):
        images, labels = batch
        logits = self.student(images)
        hard = F.cross_entropy(logits, labels)
        if self.teacher is None:
            self.log("train/loss", hard)
            return hard
        with torch.no_grad():
            target = self.teacher(images)
        tau = self.temperature
        soft = F.kl_div(F.log_softmax(logits / tau, 1), F.softmax(target / tau, 1), reduction="batchmean") * tau**2
        loss = self.alpha * hard + self.beta * soft
        self.log_dict({"train/loss": loss, "train/loss_hard": hard, "train/loss_distill": soft}, prog_bar=True)
        return loss

    def on_train_epoch_start(self):
        if self.teacher is not None:
            self.teacher.eval()

    def configure_optimizers(self):
        return torch.optim.SGD(self.student.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)


class Turns(lightning.Callback):
    """Stops the loop between batches until race.py gives the next turn."""

    def __init__(self):
        self.left = WARM_UP_STEPS
        self.start = None

    def on_train_batch_end(self, trainer, *_):
        self.left -= 1
        if self.left > 0:
            return
        if accelerator == "gpu":
            torch.cuda.synchronize()
        print("ready" if self.start is None else f"{time.perf_counter() - self.start:.6f}", flush=True)
        line = sys.stdin.readline()
        if not line:
            trainer.should_stop = True
            trainer.fit_loop.epoch_loop.max_steps = trainer.global_step
            if accelerator == "gpu":
                print(torch.cuda.max_memory_allocated(), flush=True)
            return
        self.left = int(line)
        self.start = time.perf_counter()


trainer = lightning.Trainer(accelerator=accelerator, devices=1, precision=precision, max_epochs=1000, callbacks=[Turns()], logger=False,
                            enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False, barebones=False)
trainer.fit(Distillation(), networks.loader(batch_size, workers=2))
