// exec: a program that dies, hangs or answers nonsense is an error that says so, never a number.
#include <gtest/gtest.h>

#include "engine/policy_failure.hpp"
#include "tests/policies/exec_fixture.hpp"

namespace thaw {
namespace exec_failures_test {

std::string failure_of(Talking& talking, int questions = 1) {
  try {
    talking.policy->wants();
    for (int i = 0; i < questions; ++i) talking.ask(12min + i * 30s);
  } catch (const PolicyFailure& failure) {
    return failure.what();
  }
  return "";
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct Failing {
  std::string answer;  // to the first question
  std::string said;
};

class ExecFailures : public testing::TestWithParam<Failing> {};

TEST_P(ExecFailures, NameFunctionCommandInstantAndWhatWasGot) {
  const std::string command = greeting() + "read -r q; " + GetParam().answer;
  Talking talking(command);
  const std::string said = failure_of(talking);
  EXPECT_TRUE(has(said, "the policy of llm, exec:" + command + ", failed")) << said;
  EXPECT_TRUE(has(said, "at 0s (2026-01-05T00:12:00Z), question 1")) << said;
  EXPECT_TRUE(has(said, GetParam().said)) << said;
}

Failing answers(const std::string& line, const std::string& said) {
  return {"echo '" + line + "'; cat > /dev/null", said};
}

INSTANTIATE_TEST_SUITE_P(
    Program, ExecFailures,
    testing::Values(Failing{"exit 3", "it ended with exit code 3"},
                    Failing{"kill -KILL $$", "it was killed by signal 9"},
                    Failing{"printf half; exit 0", "its last words were no whole line: \"half\""},
                    Failing{"printf 'a\\001b\\n'", "found \"a?b\""},
                    Failing{"head -c 2000000 /dev/zero | tr '\\0' x", "a line of more than 1 MiB"},
                    Failing{"exec 1>&-; exec sleep 60", "it closed its standard output"}));

INSTANTIATE_TEST_SUITE_P(
    Answer, ExecFailures,
    testing::Values(answers("three", "expected {\"desired\":N} or {\"desired\":null}, found"),
                    answers("3", "found \"3\""), answers("{}", "found \"{}\""),
                    answers("{\"desired\":3", "found \"{\"desired\":3\""),
                    answers(R"({"desird":3})", "did you mean \"desired\"?"),
                    answers(R"({"desired":-1})", "whole number of replicas"),
                    answers(R"({"desired":2.5})", "found \"2.5\""),
                    answers(R"({"desired":"3"})", "whole number of replicas"),
                    answers(R"({"desired":true})", "whole number of replicas"),
                    answers(R"({"desired":1000001})", "from 0 to 1000000"),
                    answers(R"({"desired":1e400})", "expected"),
                    answers(R"({"desired":NaN})", "expected"),
                    answers(R"({"desired":1,"ask_again_s":-5})", "more than 0"),
                    answers(R"({"desired":1,"ask_again_s":0})", "more than 0"),
                    answers(R"({"desired":1,"ask_again_s":"soon"})", "seconds from now"),
                    answers(R"({"desired":1,"ask_again_s":1e10})", "at most 1000000000"),
                    answers(R"({"desired":1,"why":7})", "why to be text"),
                    answers(R"({"desired":1,"n":2})", "the answer to question 1, found \"2\"")));

class ExecHello : public testing::TestWithParam<Failing> {};

TEST_P(ExecHello, IsReadAsStrictly) {
  Talking talking("read -r q; echo '" + GetParam().answer + "'; cat > /dev/null");
  const std::string said = failure_of(talking, 0);
  EXPECT_TRUE(has(said, "failed before its first question: ")) << said;
  EXPECT_TRUE(has(said, GetParam().said)) << said;
}

INSTANTIATE_TEST_SUITE_P(
    Hello, ExecHello,
    testing::Values(
        Failing{R"({"desired":1})", "as its first line, found"},
        Failing{R"({"hello":1})", "as its first line, found"},
        Failing{R"({"hello":{}})", "expected protocol 1"},
        Failing{R"({"hello":{"protocol":2}})", "expected protocol 1"},
        Failing{R"({"hello":{"protocol":1,"want":{}}})", "did you mean \"wants\"?"},
        Failing{R"({"hello":{"protocol":1,"wants":{"pod":true}}})", "did you mean \"pods\"?"},
        Failing{R"({"hello":{"protocol":1,"wants":{"pods":1}}})", "pods to be true or false"},
        Failing{R"({"hello":{"protocol":1,"wants":{"metrics":[{"name":"a"}]}}})", "a source"},
        Failing{R"({"hello":{"protocol":1,"deadline_s":0}})", "deadline_s"}));

TEST(ExecFailure, IsAProgramThatDoesNotAnswerInTime) {
  Spec spec = exec_spec(greeting() + "read -r q; printf 'thinking'; exec sleep 60");
  spec.params.set("deadline", "50ms", {});
  Talking talking(spec);
  EXPECT_TRUE(has(failure_of(talking),
                  "no answer within 50ms, only the beginning of a line: "
                  "\"thinking\""));
}

TEST(ExecFailure, IsAProgramThatDoesNotReadAQuestionLongerThanAPipe) {
  Spec spec = exec_spec(greeting(R"("wants":{"pods":true},"deadline_s":0.05)") + "exec sleep 60");
  Talking talking(spec);
  talking.pods.assign(2000, PodFacts{.id = 1,
                                     .phase = PodPhase::running,
                                     .ready = Condition::yes,
                                     .deleting = false,
                                     .unschedulable = false,
                                     .created = kStart});
  EXPECT_TRUE(has(failure_of(talking), "no answer within 50ms"));
}

// Writing to it would end this very process by SIGPIPE, were that not seen to.
TEST(ExecFailure, IsAProgramThatNoLongerListens) {
  Talking talking(R"(read -r q; exec <&-; echo '{"hello":{"protocol":1}}'; exit 5)");
  EXPECT_TRUE(has(failure_of(talking), "it ended with exit code 5"));
}

// The second line would be taken for the answer to the next question.
TEST(ExecFailure, IsAProgramThatAnswersTwice) {
  Talking talking(greeting() +
                  "read -r q; printf '{\"desired\":1}\\n{\"desired\":9}\\n'; cat > /dev/null");
  const std::string said = failure_of(talking, 2);
  EXPECT_TRUE(has(said, "at 30s (2026-01-05T00:12:30Z), question 2: it wrote more than one line"))
      << said;
}

TEST(ExecFailure, IsACommandThatIsNotThere) {
  Talking talking("no-such-program-here 2> /dev/null");
  EXPECT_TRUE(has(failure_of(talking), "it ended with exit code 127"));
}

TEST(ExecSettings, AreRefusedBeforeAnythingStarts) {
  const auto problem_of = [](const Spec& spec) -> std::string {
    Talking talking(spec);
    talking.policy->wants();
    try {
      talking.diagnostics.throw_if_any();
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_TRUE(has(problem_of(exec_spec("")), "expected a command"));
  for (const char* deadline : {"2", "0s", "-1s", "2h", "soon"}) {
    Spec spec = exec_spec(greeting());
    spec.params.set("deadline", deadline, {});
    EXPECT_TRUE(has(problem_of(spec), "expected a duration up to 1h")) << deadline;
  }
  EXPECT_EQ(problem_of(exec_spec(greeting())), "");
}

}  // namespace exec_failures_test
}  // namespace thaw
