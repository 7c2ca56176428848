// SPDX-License-Identifier: MIT
// What a download does not take, and what it leaves then.
#include <csignal>
#include <thread>

#include <sys/resource.h>

#include "download_fixture.h"

namespace retort::data {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

TEST_F(DownloadTest, RefusesAnotherFileAndLeavesNothing) {
  ScriptedServer server([](const std::string&, int) { return whole("tampered"); });
  const auto message = error_of(ExitCode::data, [&] { download(request_to(server)); });
  EXPECT_EQ(message, server.url() + ": expected SHA-256 " + sha256_of(kContent) + ", found " +
                         sha256_of("tampered") +
                         ": changed upstream or tampered with (data.url, data.sha256)");
  EXPECT_EQ(count_of_files(), 0u);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(DownloadTest, SaysThatAWebPageCameInstead) {
  ScriptedServer server(
      [](const std::string&, int) { return whole("<html>", "Content-Type: text/html\r\n"); });
  const auto message = error_of(ExitCode::data, [&] { download(request_to(server)); });
  EXPECT_NE(message.find("the server sent a web page, not the file"), std::string::npos) << message;
  EXPECT_EQ(count_of_files(), 0u);
}

TEST_F(DownloadTest, GivesUpAfterItsRetriesAndKeepsThePart) {
  ScriptedServer server([](const std::string& request, int) {
    return range_start(request) ? broken_after(10, rest(request)) : broken_after(10);
  });
  const auto message = error_of(ExitCode::peer, [&] { download(request_to(server)); });
  EXPECT_NE(message.find("(after 4 attempts)"), std::string::npos) << message;
  EXPECT_EQ(server.requests().size(), 4u);
  EXPECT_EQ(read(part()), kContent.substr(0, 40));
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(DownloadTest, RetriesAServerInTroubleButNotARefusal) {
  ScriptedServer in_trouble([](const std::string&, int number) {
    return number < 2 ? status("503 Service Unavailable") : whole();
  });
  download(request_to(in_trouble));
  EXPECT_EQ(content(), kContent);

  ScriptedServer refusing([](const std::string&, int) { return status("404 Not Found"); });
  const auto message = error_of(ExitCode::peer, [&] { download(request_to(refusing)); });
  EXPECT_EQ(message, refusing.url() + ": the server refuses with status 404");
  EXPECT_EQ(refusing.requests().size(), 1u);
}

TEST_F(DownloadTest, StopsAtItsCapWhateverTheServerPromised) {
  auto request = [&](const ScriptedServer& server) {
    Download small = request_to(server);
    small.max_bytes = 100'000;
    return small;
  };
  ScriptedServer honest([](const std::string&, int) { return whole(); });
  error_of(ExitCode::data, [&] { download(request(honest)); });
  ScriptedServer silent(
      [](const std::string&, int) { return Answer{.text = "HTTP/1.1 200 OK\r\n\r\n" + kContent}; });
  error_of(ExitCode::data, [&] { download(request(silent)); });
  EXPECT_LE(fs::file_size(part()), 100'000u);
  ScriptedServer partial([](const std::string& asked, int) { return rest(asked); });
  leave_part(partial, kContent.substr(0, 250'000));
  error_of(ExitCode::data, [&] { download(request(partial)); });
}

TEST_F(DownloadTest, RefusesAnEncodingThatItDidNotAskFor) {
  ScriptedServer server(
      [](const std::string&, int) { return whole(kContent, "Content-Encoding: gzip\r\n"); });
  error_of(ExitCode::peer, [&] { download(request_to(server)); });
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(DownloadTest, CallsABodyThatEndsEarlyBroken) {
  ScriptedServer server([](const std::string& request, int number) {
    Answer cut = broken_after(1234);
    cut.is_reset = false;  // a polite end, too soon
    return number == 0 ? cut : rest(request);
  });
  download(request_to(server));
  EXPECT_EQ(content(), kContent);
  EXPECT_EQ(range_start(server.requests().at(1)), 1234u);

  fs::remove(path());
  ScriptedServer chunked([](const std::string&, int number) {
    Answer lie{.text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5000\r\nshort"};
    return number == 0 ? lie : whole();
  });
  download(request_to(chunked));
  EXPECT_EQ(content(), kContent);
}

TEST_F(DownloadTest, LeavesAServerThatStalls) {
  ScriptedServer stalling([](const std::string&, int) {
    Answer answer = broken_after(100);
    answer.is_reset = false;
    answer.is_stalled = true;
    return answer;
  });
  Download request = request_to(stalling);
  request.retries = 0;
  const auto begin = std::chrono::steady_clock::now();
  error_of(ExitCode::peer, [&] { download(request); });
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST_F(DownloadTest, EndsSoonAfterAStopAndKeepsThePart) {
  ScriptedServer stalling([](const std::string&, int) {
    Answer answer = broken_after(100'000);
    answer.is_reset = false;
    answer.is_stalled = true;
    return answer;
  });
  Download request = request_to(stalling);
  request.stall_timeout = 60s;
  std::thread stopper([&] {
    while (!fs::exists(part()) || fs::file_size(part()) < 100'000) std::this_thread::sleep_for(1ms);
    stop_ = true;
  });
  const auto begin = std::chrono::steady_clock::now();
  const auto message = error_of(ExitCode::interrupted, [&] { download(request); });
  stopper.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
  EXPECT_NE(message.find("the next run continues it"), std::string::npos);
  EXPECT_EQ(fs::file_size(part()), 100'000u);
}

TEST_F(DownloadTest, FollowsFiveRedirectsAndNoMore) {
  for (const int redirects : {5, 6}) {
    ScriptedServer server([&](const std::string&, int number) {
      return number < redirects ? status("302 Found", "Location: /hop" + std::to_string(number) + "\r\n")
                                : whole();
    });
    if (redirects == 5)
      download(request_to(server));
    else
      error_of(ExitCode::peer, [&] { download(request_to(server)); });
  }
}

TEST_F(DownloadTest, FollowsNoRedirectToOtherSchemesOrHosts) {
  for (const char* location : {"file:///etc/passwd", "http://example.com/file", "ftp://127.0.0.1/file"}) {
    ScriptedServer server([&](const std::string&, int) {
      return status("302 Found", "Location: " + std::string(location) + "\r\n");
    });
    error_of(ExitCode::config, [&] { download(request_to(server)); });
    EXPECT_EQ(server.requests().size(), 1u);
  }
}

TEST_F(DownloadTest, AllowsHttpToThisMachineAloneAndShowsNoSecrets) {
  for (const char* url :
       {"http://example.com/x", "file:///etc/passwd", "ftp://host/x", "127.0.0.1/x", "http://127.0.0.2/x",
        "http://localhost.example.com/x", "http://127.0.0.1@example.com/x", "not a url", ""}) {
    Download request{.url = url, .path = path()};
    error_of(ExitCode::config, [&] { download(request); });
  }
  const auto message = error_of(ExitCode::config, [&] {
    download({.url = "http://me:secret@example.com/x?token=secret", .path = path()});
  });
  EXPECT_EQ(message.find("secret"), std::string::npos) << message;
}

TEST_F(DownloadTest, WithoutAChecksumTakesAWholeAnswerOnly) {
  ScriptedServer server([](const std::string& request, int) {
    return range_start(request) ? status("416 Range Not Satisfiable") : whole();
  });
  Download request = request_to(server);
  request.sha256 = std::nullopt;
  leave_part(server, "something");
  download(request);
  EXPECT_EQ(content(), kContent);
}

TEST_F(DownloadTest, NoRoomIsAnErrorOfResourcesAndThePartCanBeContinued) {
  ScriptedServer server(
      [](const std::string& request, int) { return range_start(request) ? rest(request) : whole(); });
  std::signal(SIGXFSZ, SIG_IGN);  // as the program does: a write past the limit fails and does not kill
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  rlimit small = old;
  small.rlim_cur = 100'000;
  setrlimit(RLIMIT_FSIZE, &small);
  const auto message = error_of(ExitCode::resources, [&] { download(request_to(server)); });
  setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_EQ(message, "cannot write " + part().string() + ": File too large");
  EXPECT_FALSE(fs::exists(path()));

  download(request_to(server));
  EXPECT_EQ(content(), kContent);
  EXPECT_EQ(range_start(server.requests().at(1)), 100'000u);
}

TEST_F(DownloadTest, AnUnwritableFolderIsAnErrorOfResources) {
  ScriptedServer server([](const std::string&, int) { return whole(); });
  write(folder_.path() / "cache", "a file where the folder should be");
  error_of(ExitCode::resources, [&] { download(request_to(server)); });
}

}  // namespace
}  // namespace retort::data
