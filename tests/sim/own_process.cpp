#include "tests/sim/own_process.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace thaw::sim {
namespace {

void write_all(int file, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = write(file, text.data() + done, text.size() - done);
    ASSERT_GT(wrote, 0);
    done += static_cast<std::size_t>(wrote);
  }
}

std::string read_all(int file) {
  std::string text;
  std::array<char, 65'536> piece;
  for (ssize_t got = 1; got > 0;) {
    got = read(file, piece.data(), piece.size());
    if (got > 0) text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return text;
}

// An exception must not leave it: GoogleTest would go on with the other tests, in the child too.
[[noreturn]] void run_child(int out, const std::function<std::string()>& body) {
  try {
    write_all(out, body());
  } catch (const std::exception& error) {
    ADD_FAILURE() << "exception: " << error.what();
  }
  std::exit(testing::Test::HasFailure() ? 1 : 0);
}

void expect_success(pid_t child) {
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << "the child died of signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0) << "see the failure that the child printed";
}

}  // namespace

std::string from_own_process(const std::function<std::string()>& body) {
  int ends[2];
  if (pipe(ends) != 0) {
    ADD_FAILURE() << "no pipe";
    return {};
  }
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    run_child(ends[1], body);
  }
  close(ends[1]);
  const std::string text = read_all(ends[0]);
  close(ends[0]);
  EXPECT_GT(child, 0) << "no child";
  if (child > 0) expect_success(child);
  return text;
}

void in_own_process(const std::function<void()>& body) {
  from_own_process([&body] {
    body();
    return std::string();
  });
}

}  // namespace thaw::sim
