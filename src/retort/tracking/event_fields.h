// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

// Field numbers of tensorflow.Event, Summary and TensorBoard's hparams messages (docs/tracking.md).
namespace retort::tracking::event_fields {

// Event
constexpr uint32_t kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5;
// Summary
constexpr uint32_t kSummaryValue = 1;
// Summary.Value
constexpr uint32_t kValueTag = 1, kSimpleValue = 2, kImage = 4, kHistogram = 5, kTensor = 8, kMetadata = 9;
// Summary.Image
constexpr uint32_t kImageHeight = 1, kImageWidth = 2, kImageColorspace = 3, kImageBytes = 4;
// HistogramProto
constexpr uint32_t kHistogramMin = 1, kHistogramMax = 2, kHistogramNum = 3, kHistogramSum = 4,
                   kHistogramSumSquares = 5, kHistogramLimits = 6, kHistogramCounts = 7;
// TensorProto, TensorShapeProto, TensorShapeProto.Dim
constexpr uint32_t kTensorDtype = 1, kTensorShape = 2, kTensorStrings = 8, kShapeDim = 2, kDimSize = 1;
constexpr int32_t kDtypeString = 7;
// SummaryMetadata, SummaryMetadata.PluginData
constexpr uint32_t kPluginData = 1, kPluginName = 1, kPluginContent = 2;
// HParamsPluginData
constexpr uint32_t kExperiment = 2, kSessionStart = 3, kSessionEnd = 4;
// Experiment, HParamInfo, MetricInfo, MetricName
constexpr uint32_t kHparamInfos = 4, kMetricInfos = 5, kInfoName = 1, kInfoType = 4, kMetricTag = 2;
constexpr int32_t kTypeString = 1, kTypeBool = 2, kTypeFloat = 3;
// SessionStartInfo, its map's entries, google.protobuf.Value
constexpr uint32_t kHparams = 1, kGroupName = 4, kStartTime = 5, kMapKey = 1, kMapValue = 2, kNumberValue = 2,
                   kStringValue = 3, kBoolValue = 4;
// SessionEndInfo
constexpr uint32_t kStatus = 1, kEndTime = 2;
constexpr int32_t kSuccess = 1, kFailure = 2;

constexpr char kExperimentTag[] = "_hparams_/experiment", kSessionStartTag[] = "_hparams_/session_start_info",
               kSessionEndTag[] = "_hparams_/session_end_info";

}  // namespace retort::tracking::event_fields
