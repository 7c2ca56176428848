// SPDX-License-Identifier: MIT
#include "retort/core/safetensors.h"

#include <gtest/gtest.h>

#include "retort/core/error.h"

namespace retort {
namespace {

using namespace std::string_literals;

constexpr const char* kFile = "net.safetensors";

// The message of the refusal, or "" where the header is accepted.
std::string refusal(const std::string& json, uint64_t data_bytes) {
  try {
    parse_safetensors_header(json, data_bytes, kFile);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::checkpoint);
    EXPECT_TRUE(std::string(error.what()).starts_with(kFile)) << error.what();
    return error.what();
  }
}

std::string prefix_refusal(const std::string& start, uint64_t file_bytes) {
  try {
    safetensors_header_bytes(start, file_bytes, kFile);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::checkpoint);
    return error.what();
  }
}

std::string entry(const std::string& shape, const std::string& offsets, const std::string& dtype = "F32") {
  return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

std::string one(const std::string& shape, const std::string& offsets, const std::string& dtype = "F32") {
  return R"({"a":)" + entry(shape, offsets, dtype) + "}";
}

std::string two(const std::string& first, const std::string& second) {
  return R"({"a":)" + first + R"(,"b":)" + second + "}";
}

TEST(SafetensorsHeader, SaysWhereTensorsLieInTheOrderOfTheirBytes) {
  const std::string json =
      R"({"__metadata__":{"format":"pt"},"late":{"dtype":"I64","shape":[],"data_offsets":[24,32]},)"
      R"( "early":{"data_offsets":[0,24],"shape":[2,3],"dtype":"F32"},)"
      R"( "empty":{"dtype":"U8","shape":[3,0],"data_offsets":[24,24]}}   )";
  const SafetensorsHeader header = parse_safetensors_header(json, 32, kFile);
  EXPECT_EQ(header.metadata, (std::map<std::string, std::string>{{"format", "pt"}}));
  ASSERT_EQ(header.tensors.size(), 3u);
  EXPECT_EQ(header.tensors[0].name, "early");
  EXPECT_EQ(header.tensors[0].shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(header.tensors[1].name, "empty");
  EXPECT_EQ(header.tensors[2].name, "late");
  EXPECT_EQ(header.tensors[2].dtype, Dtype::i64);
  EXPECT_EQ(header.tensors[2].begin, 24u);
  EXPECT_TRUE(header.tensors[2].shape.empty());
}

TEST(SafetensorsHeader, AFileWithoutTensorsIsSound) {
  EXPECT_EQ(refusal("{}", 0), "");
  EXPECT_EQ(refusal(R"({"__metadata__":{}})", 0), "");
}

struct Case {
  const char* name;
  std::string json;
  uint64_t data_bytes;
  const char* message;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

class MaliciousHeader : public testing::TestWithParam<Case> {};

TEST_P(MaliciousHeader, IsRefusedForTheRightReason) {
  const std::string message = refusal(GetParam().json, GetParam().data_bytes);
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << "'" << message << "'";
  EXPECT_LT(message.size(), 500u);
}

std::string nested(size_t depth) { return R"({"a":)" + std::string(depth, '['); }

std::string many_tensors(size_t count) {
  std::string json = "{";
  for (size_t i = 0; i < count; ++i) {
    json += i == 0 ? "" : ",";
    json += "\"" + std::to_string(i) + "\":" + entry("[0]", "[0,0]");
  }
  return json + "}";
}

const Case kCases[] = {
    // Places.
    {"offsets_larger_than_shape", one("[2]", "[0,16]"), 16, "its shape and dtype take 8"},
    {"offsets_smaller_than_shape", one("[4]", "[0,8]"), 8, "its shape and dtype take 16"},
    {"offsets_backwards", one("[2]", "[8,0]"), 8, "'a' has bytes 8 to 0"},
    {"offsets_beyond_the_file", one("[1000]", "[0,4000]"), 8,
     "cut short: its tensors take 4000 bytes and 8 are there"},
    {"a_tail", one("[2]", "[0,8]"), 9, "1 bytes at its end belong to no tensor"},
    {"data_without_tensors", "{}", 1, "belong to no tensor"},
    {"a_hole", two(entry("[1]", "[0,4]"), entry("[1]", "[8,12]")), 12, "begins at byte 8"},
    {"a_hole_at_the_start", one("[1]", "[4,8]"), 8, "begins at byte 4"},
    {"an_overlap", two(entry("[2]", "[0,8]"), entry("[2]", "[4,12]")), 12, "begins at byte 4"},
    {"the_same_place_twice", two(entry("[2]", "[0,8]"), entry("[2]", "[0,8]")), 8, "begins at byte 0"},
    {"an_empty_tensor_inside_another", two(entry("[2]", "[0,8]"), entry("[0]", "[4,4]")), 8,
     "begins at byte 4"},
    {"an_empty_tensor_beyond_the_end", two(entry("[2]", "[0,8]"), entry("[0]", "[9,9]")), 8,
     "begins at byte 9"},
    {"offsets_of_one", one("[1]", "[0]"), 4, "not a pair"},
    {"offsets_of_three", one("[1]", "[0,4,4]"), 4, "not a pair"},
    {"offsets_that_wrap", one("[2]", "[18446744073709551612,4]"), 8, "too large"},
    // Shapes.
    {"a_product_that_overflows", one("[4294967296,4294967296]", "[0,0]"), 0, "too large"},
    {"a_product_that_overflows_to_the_size", one("[9223372036854775807,2,2]", "[0,16]"), 16, "too large"},
    {"an_overflow_hidden_by_a_zero", one("[4294967296,4294967296,0]", "[0,0]"), 0, "too large"},
    {"a_size_beyond_int64", one("[9223372036854775808]", "[0,0]"), 0, "too large"},
    {"a_size_beyond_uint64", one("[18446744073709551616]", "[0,0]"), 0, "not whole"},
    {"nine_dimensions", one("[1,1,1,1,1,1,1,1,1]", "[0,4]"), 4, "more than 8 dimensions"},
    {"a_negative_size", one("[-1]", "[0,4]"), 4, "a negative number"},
    {"a_minus_zero", one("[-0]", "[0,0]"), 0, "a negative number"},
    {"a_fraction", one("[1.0]", "[0,4]"), 4, "not whole"},
    {"an_exponent", one("[1e0]", "[0,4]"), 4, "not whole"},
    {"a_leading_zero", one("[01]", "[0,4]"), 4, "not JSON"},
    {"a_list_in_a_shape", one("[[1]]", "[0,4]"), 4, "has a list where none belongs"},
    {"a_string_in_a_shape", one(R"(["1"])", "[0,4]"), 4, "has a string where none belongs"},
    {"a_number_for_a_shape", one("1", "[0,4]"), 4, "has a number where none belongs"},
    // Dtypes.
    {"an_unknown_dtype", one("[1]", "[0,4]", "F31"), 4, "unknown dtype 'F31'"},
    {"a_small_dtype", one("[1]", "[0,4]", "f32"), 4, "unknown dtype 'f32'"},
    {"half_a_byte", one("[2]", "[0,1]", "F4"), 1, "unknown dtype 'F4'"},
    // Fields and names.
    {"no_dtype", R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4, "lacks one of"},
    {"no_shape", R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4, "lacks one of"},
    {"no_offsets", R"({"a":{"dtype":"F32","shape":[1]}})", 4, "lacks one of"},
    {"a_field_twice", R"({"a":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}})", 4,
     "dtype twice"},
    {"an_unknown_field", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}})", 4,
     "unknown field 'x'"},
    {"a_name_twice", R"({"a":)" + entry("[1]", "[0,4]") + R"(,"a":)" + entry("[1]", "[4,8]") + "}", 8,
     "'a' stands there twice"},
    {"a_name_twice_by_escape",
     R"({"a":)" + entry("[1]", "[0,4]") + R"(,"\u0061":)" + entry("[1]", "[4,8]") + "}", 8,
     "'a' stands there twice"},
    {"metadata_twice", R"({"__metadata__":{},"__metadata__":{}})", 0, "stands there twice"},
    {"a_metadata_key_twice", R"({"__metadata__":{"k":"1","k":"2"}})", 0, "'k' stands there twice"},
    {"metadata_that_is_no_string", R"({"__metadata__":{"k":1}})", 0, "has a number where none belongs"},
    {"metadata_that_is_no_dictionary", R"({"__metadata__":"x"})", 0, "has a string where none belongs"},
    {"nested_metadata", R"({"__metadata__":{"k":{}}})", 0, "has a dictionary where none belongs"},
    {"an_empty_name", R"({"":)" + entry("[1]", "[0,4]") + "}", 4, "is empty"},
    {"a_name_that_clears_the_screen", R"({"\u001b[2J":)" + entry("[1]", "[0,4]") + "}", 4,
     "'\\x1b[2J' is empty, longer than"},
    {"a_long_name", R"({")" + std::string(513, 'n') + R"(":)" + entry("[1]", "[0,4]") + "}", 4,
     "longer than 512 bytes"},
    // JSON.
    {"no_json", "", 0, "not JSON"},
    {"a_list_at_the_top", "[]", 0, "not JSON"},
    {"a_byte_order_mark", "\xEF\xBB\xBF{}", 0, "not JSON"},
    {"a_space_first", " {}", 0, "not JSON"},
    {"text_after_the_end", "{} {}", 0, "not JSON"},
    {"a_zero_byte_after_the_end", "{}\0 hidden"s, 0, "not JSON"},
    {"an_unfinished_dictionary", R"({"a":)", 0, "not JSON"},
    {"bad_utf8", "{\"\xFF\":" + entry("[1]", "[0,4]") + "}", 4, "not JSON"},
    {"overlong_utf8", "{\"\xC0\x80\":" + entry("[1]", "[0,4]") + "}", 4, "not JSON"},
    {"a_lone_surrogate", R"({"\ud800":)" + entry("[1]", "[0,4]") + "}", 4, "not JSON"},
    {"a_comment", "{/* */}", 0, "not JSON"},
    {"nan", R"({"a":NaN})", 0, "not JSON"},
    {"null", R"({"a":null})", 0, "has null where none belongs"},
    {"true", R"({"a":true})", 0, "has true or false where none belongs"},
    {"a_million_lists", nested(1'000'000), 0, "has a list where none belongs"},
    {"too_many_tensors", many_tensors(65537), 0, "more than 65536 tensors"},
};

INSTANTIATE_TEST_SUITE_P(Corpus, MaliciousHeader, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(SafetensorsPrefix, IsTheLengthInLittleEndian) {
  EXPECT_EQ(safetensors_header_bytes("\x02\x01\0\0\0\0\0\0{"s, 8 + 258, kFile), 258u);
}

TEST(SafetensorsPrefix, AHeaderLargerThanTheFileIsACutFile) {
  EXPECT_NE(
      prefix_refusal("\x02\x01\0\0\0\0\0\0{"s, 8 + 257).find("cut short: its header takes 258 bytes and 257"),
      std::string::npos);
}

TEST(SafetensorsPrefix, ABloatedOrAbsurdHeaderIsRefusedBeforeItIsRead) {
  EXPECT_NE(prefix_refusal("\x01\0\0\x01\0\0\0\0{"s, uint64_t{1} << 40), "");
  EXPECT_NE(prefix_refusal("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF{"s, uint64_t{1} << 40), "");
  EXPECT_NE(prefix_refusal("\x02\0\0\0\0\0\0\0 {}"s, 10), "");
}

TEST(SafetensorsPrefix, NamesWhatAForeignFileSeemsToBe) {
  const std::pair<std::string, const char*> kinds[] = {
      {"", "an empty file"},
      {"PK\x03\x04\0\0\x08\x08\0\0"s, "PyTorch's own .pt"},
      {"\x80\x02\x8a\nl\xfc\x9c\x46\xf9"s, "a Python pickle"},
      {"<!DOCTYPE html><html>", "a web page"},
      {"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"},
      {"\x1f\x8b\x08\0\0\0\0\0\0\x03"s, "a gzip archive"},
      {"epoch,loss\n1,0.5\n", "a text file"},
  };
  for (const auto& [start, kind] : kinds) {
    const std::string message = prefix_refusal(start, start.size());
    EXPECT_NE(message.find(kind), std::string::npos) << message;
  }
  EXPECT_NE(prefix_refusal("\x01\x02\x03"s, 3).find("does not start with the length"), std::string::npos);
}

TEST(SafetensorsLayout, ReadsBackAsItWasAndEndsOnEightBytes) {
  SafetensorsHeader header{{{"format", "pt"}, {"quote", "\"\n\xC3\xA9"}}, {}};
  header.tensors.push_back({"byte", Dtype::u8, {3}, 0, 0});
  header.tensors.push_back({"b", Dtype::f32, {2, 2}, 0, 0});
  header.tensors.push_back({"a", Dtype::f32, {}, 0, 0});
  header.tensors.push_back({"wide", Dtype::f64, {0, 7}, 0, 0});
  const std::string start = lay_out_safetensors(header, kFile);
  EXPECT_EQ(start.size() % 8, 0u);
  ASSERT_EQ(safetensors_header_bytes(start, start.size(), kFile), start.size() - 8);
  const SafetensorsHeader back =
      parse_safetensors_header(std::string_view(start).substr(8), 4 + 16 + 3, kFile);
  EXPECT_EQ(back.metadata, header.metadata);
  const std::vector<std::string> order = {"wide", "a", "b", "byte"};  // by element size, then by name
  for (size_t i = 0; i < order.size(); ++i) {
    EXPECT_EQ(back.tensors[i].name, order[i]);
    EXPECT_EQ(back.tensors[i].shape, header.tensors[i].shape);
    EXPECT_EQ(back.tensors[i].begin, header.tensors[i].begin);
  }
}

TEST(SafetensorsLayout, DoesNotWriteWhatItWouldNotRead) {
  const auto refuses = [](const SafetensorsEntry& first, const SafetensorsEntry& second) {
    SafetensorsHeader header{{}, {first, second}};
    EXPECT_THROW(lay_out_safetensors(header, kFile), Error) << first.name;
  };
  const SafetensorsEntry good{"good", Dtype::f32, {1}, 0, 0};
  refuses(good, good);
  refuses(good, {"line\nbreak", Dtype::f32, {1}, 0, 0});
  refuses(good, {"", Dtype::f32, {1}, 0, 0});
  refuses(good, {"__metadata__", Dtype::f32, {1}, 0, 0});
  refuses(good, {"deep", Dtype::f32, {1, 1, 1, 1, 1, 1, 1, 1, 1}, 0, 0});
  refuses(good, {"huge", Dtype::f64, {int64_t{1} << 62}, 0, 0});
}

}  // namespace
}  // namespace retort
