#!/usr/bin/env python3
"""TensorBoard's own reader reads back every scalar, histogram, image and hparam."""
import struct
import unittest
import zlib

from support import STEPS_PER_EPOCH, TrackerTest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata


class TensorBoard(TrackerTest):
    def read(self):
        accumulator = EventAccumulator(str(self.run_folder / "tensorboard"),
                                       size_guidance={"scalars": 0, "images": 0, "histograms": 0, "tensors": 0})
        accumulator.Reload()
        return accumulator

    def check(self, steps):
        read = self.read()
        losses = read.Scalars("train/loss")
        self.assertEqual([event.step for event in losses], list(range(1, steps + 1)))
        for event in losses:
            self.assertEqual(event.value, struct.unpack("f", struct.pack("f", 1 / event.step))[0])
        epochs = list(range(STEPS_PER_EPOCH, steps + 1, STEPS_PER_EPOCH))
        self.assertEqual([event.step for event in read.Scalars("val/accuracy")], epochs)
        self.assertEqual([event.step for event in read.Scalars("system/cpu")], epochs)
        histograms = read.Histograms("weights")
        self.assertEqual([event.step for event in histograms], epochs)
        for event in histograms:
            value = event.histogram_value
            self.assertEqual((value.min, value.max, value.sum, value.sum_squares), (-1, 2, 0.25, 4.5))
            self.assertEqual(list(value.bucket_limit), [0, 0.5, 2])
            self.assertEqual(list(value.bucket), [3, 0, event.step // STEPS_PER_EPOCH])
        images = read.Images("samples/0")
        self.assertEqual([event.step for event in images], epochs)
        for event in images:
            self.assertEqual((event.width, event.height), (5, 4))
            self.assertTrue(event.encoded_image_string.startswith(b"\x89PNG"))
        return read

    def test_everything_is_read_back(self):
        self.write("tensorboard", 100)
        read = self.check(100)
        self.assertEqual([event.value for event in read.Scalars("test/accuracy_top1")], [0.75])
        text = read.Tensors("config/text_summary")[0].tensor_proto.string_val[0].decode()
        self.assertIn("| optimizer.lr | 0.1 |", text)
        content = read.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
        start = metadata.parse_session_start_info_plugin_data(content)
        self.assertEqual(start.hparams["optimizer.lr"].number_value, 0.1)
        self.assertEqual(start.hparams["optimizer.nesterov"].bool_value, True)
        self.assertEqual(start.hparams["optimizer.name"].string_value, "sgd")
        end = metadata.parse_session_end_info_plugin_data(
            read.SummaryMetadata("_hparams_/session_end_info").plugin_data.content)
        self.assertEqual(end.status, 1)
        infos = metadata.parse_experiment_plugin_data(
            read.SummaryMetadata("_hparams_/experiment").plugin_data.content)
        self.assertIn("test/accuracy_top1", [info.name.tag for info in infos.metric_infos])

    def test_a_killed_run_that_is_gone_on_with_has_each_step_once(self):
        self.write("tensorboard", 100, kill_at=57)
        self.check(57)
        [file] = (self.run_folder / "tensorboard").iterdir()
        file.write_bytes(file.read_bytes()[:-3])  # a torn record
        self.write("tensorboard", 100, keep=40)
        self.check(100)

    def test_a_finished_run_may_go_further(self):
        self.write("tensorboard", 50)
        self.write("tensorboard", 80, keep=50)
        read = self.check(80)
        self.assertEqual([event.step for event in read.Scalars("test/accuracy_top1")], [80])

    def test_pictures_hold_the_pixels(self):
        self.write("tensorboard", 10)
        [event] = self.read().Images("samples/0")
        png = event.encoded_image_string
        start = png.index(b"IDAT")
        size = int.from_bytes(png[start - 4 : start], "big")
        rows = zlib.decompress(png[start + 4 : start + 4 + size])
        for y in range(4):
            row = rows[y * 16 : (y + 1) * 16]
            self.assertEqual(row[0], 0)
            self.assertEqual(list(row[1:]), [10 + c * 20 + y * 5 + x for x in range(5) for c in range(3)])


if __name__ == "__main__":
    unittest.main()
