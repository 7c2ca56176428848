// SPDX-License-Identifier: MIT
#include "download_fixture.h"

namespace retort::data {
namespace {

namespace fs = std::filesystem;

TEST_F(DownloadTest, FetchesAndLeavesTheFileAlone) {
  ScriptedServer server([](const std::string&, int) { return whole(); });
  download(request_to(server));
  EXPECT_EQ(content(), kContent);
  EXPECT_EQ(count_of_files(), 1u);
  ASSERT_EQ(server.requests().size(), 1u);
  EXPECT_EQ(server.requests()[0].find("Accept-Encoding"), std::string::npos);
}

TEST_F(DownloadTest, ContinuesWhereTheConnectionBroke) {
  for (const size_t broken_at : {1u, 65'536u, 299'999u}) {
    ScriptedServer server([&](const std::string& request, int number) {
      return number == 0 ? broken_after(broken_at) : rest(request);
    });
    download(request_to(server));
    EXPECT_EQ(content(), kContent);
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 2u);
    EXPECT_EQ(range_start(requests[0]), std::nullopt);
    EXPECT_EQ(range_start(requests[1]), broken_at);
    EXPECT_NE(requests[1].find("If-Range: \"one\"\r\n"), std::string::npos);
    fs::remove(path());
  }
}

TEST_F(DownloadTest, ContinuesWhatAnEarlierRunLeft) {
  ScriptedServer server([](const std::string& request, int) { return rest(request); });
  leave_part(server, kContent.substr(0, 1000));
  download(request_to(server));
  EXPECT_EQ(content(), kContent);
  EXPECT_EQ(range_start(server.requests().at(0)), 1000u);
  EXPECT_EQ(count_of_files(), 1u);
}

TEST_F(DownloadTest, BeginsAnewWhatCameFromElsewhereOrFromNobodyKnows) {
  ScriptedServer server([](const std::string&, int) { return whole(); });
  write(part(), "bytes without an origin");
  download(request_to(server));
  EXPECT_EQ(content(), kContent);
  fs::remove(path());
  leave_part(server, "bytes of another address");
  write(part().string() + ".origin", "http://127.0.0.1:1/other\n\"one\"\n");
  download(request_to(server));
  EXPECT_EQ(content(), kContent);
  for (const auto& request : server.requests()) EXPECT_EQ(range_start(request), std::nullopt);
}

TEST_F(DownloadTest, TakesAWholeAnswerToARangeAsTheWholeFile) {
  ScriptedServer server(
      [](const std::string&, int number) { return number == 0 ? broken_after(5000) : whole(); });
  download(request_to(server));
  EXPECT_EQ(content(), kContent);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(DownloadTest, BeginsAnewWhenTheRangeIsNotTheOneAskedFor) {
  const std::string size = std::to_string(kContent.size());
  for (const std::string& range :
       {"bytes 4999-299999/" + size, "bytes 5001-299999/" + size, "bytes 5000-5001/" + size,
        std::string("bytes 5000-299999/*"), std::string("5000"), std::string("")}) {
    ScriptedServer server([&](const std::string& request, int number) {
      if (number == 0) return broken_after(5000);
      if (!range_start(request)) return whole();
      return Answer{.text = "HTTP/1.1 206 Partial Content\r\nContent-Range: " + range +
                            "\r\nContent-Length: 5\r\n\r\nwrong"};
    });
    download(request_to(server));
    EXPECT_EQ(content(), kContent) << range;
    EXPECT_EQ(server.requests().size(), 3u) << range;
    fs::remove(path());
  }
}

TEST_F(DownloadTest, BeginsAnewWhenThePartIsOfANewerFile) {
  ScriptedServer server([](const std::string& request, int number) {
    if (number == 0) return broken_after(5000, whole(std::string(300'000, 'o'), "ETag: \"old\"\r\n"));
    return range_start(request) ? rest(request) : whole();
  });
  download(request_to(server));
  EXPECT_EQ(content(), kContent);
}

TEST_F(DownloadTest, DoesNotContinueOnAWeakValidatorAlone) {
  ScriptedServer server([](const std::string&, int number) {
    const Answer weak = whole(kContent, "ETag: W/\"one\"\r\n");
    return number == 0 ? broken_after(5000, weak) : weak;
  });
  download(request_to(server));
  EXPECT_EQ(content(), kContent);
  EXPECT_EQ(range_start(server.requests().at(1)), std::nullopt);
}

TEST_F(DownloadTest, FetchesAgainWhatAnEarlierRunSpoiled) {
  ScriptedServer server(
      [](const std::string& request, int) { return range_start(request) ? rest(request) : whole(); });
  leave_part(server, std::string(1000, 'x'));
  download(request_to(server));
  EXPECT_EQ(content(), kContent);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(DownloadTest, KnowsAWholePartByItsChecksumWhenTheServerHasNoMore) {
  ScriptedServer server([](const std::string& request, int) {
    return range_start(request) ? status("416 Range Not Satisfiable", "Content-Range: bytes */300000\r\n")
                                : whole();
  });
  leave_part(server, kContent);
  download(request_to(server));
  EXPECT_EQ(content(), kContent);
  EXPECT_EQ(server.requests().size(), 1u);

  fs::remove(path());
  leave_part(server, kContent + "too much");
  download(request_to(server));
  EXPECT_EQ(content(), kContent);
  EXPECT_EQ(server.requests().size(), 3u);
}

}  // namespace
}  // namespace retort::data
