# SPDX-License-Identifier: MIT
"""One training step of a small network with Lightning, from import to end: the peer of first_step.py."""

import logging
import warnings

import lightning
import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)


class Small(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))

    def training_step(self, batch, _):
        images, labels = batch
        return F.cross_entropy(self.network(images), labels)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=1e-3)


pictures = torch.utils.data.TensorDataset(torch.rand(60_000, 1, 28, 28), torch.randint(10, (60_000,)))
trainer = lightning.Trainer(accelerator="cpu", max_steps=1, logger=False, enable_checkpointing=False, enable_progress_bar=False,
                            enable_model_summary=False)
trainer.fit(Small(), torch.utils.data.DataLoader(pictures, batch_size=128, shuffle=True))
