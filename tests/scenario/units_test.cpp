#include "engine/scenario/units.hpp"

#include <gtest/gtest.h>

#include <string>

namespace thaw {
namespace units_test {

constexpr std::int64_t kSecond = 1'000'000'000;

std::optional<std::int64_t> ns(const char* text) {
  const auto value = units::duration(text);
  return value ? std::optional(value->count()) : std::nullopt;
}

TEST(Duration, ReadsEachUnitAndSums) {
  EXPECT_EQ(ns("7ns"), 7);
  EXPECT_EQ(ns("7us"), 7'000);
  EXPECT_EQ(ns("250ms"), 250'000'000);
  EXPECT_EQ(ns("1.5s"), kSecond * 3 / 2);
  EXPECT_EQ(ns("10min"), 600 * kSecond);
  EXPECT_EQ(ns("2h30min"), (2 * 3600 + 30 * 60) * kSecond);
  EXPECT_EQ(ns("1h0.5s"), 3600 * kSecond + kSecond / 2);
  EXPECT_EQ(ns("0s"), 0);
}

TEST(Duration, IsExactWhereADoubleIsNot) {
  EXPECT_EQ(ns("0.1s"), 100'000'000);
  EXPECT_EQ(ns("123456789.123456789s"), 123'456'789'123'456'789);  // a double ends after 16 digits
  EXPECT_EQ(ns("0.6ns"), 1);                                       // to the nearest nanosecond
  EXPECT_EQ(ns("0.4ns"), 0);
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* text : {"",
                           "5",
                           "0",
                           "s",
                           "-5s",
                           "+5s",
                           "5m",
                           "5d",
                           "5 s",
                           " 5s",
                           "5s ",
                           "5S",
                           "1e3s",
                           ".5s",
                           "5.s",
                           "1.2.3s",
                           "5s5s",
                           "30min2h",
                           "nans",
                           "infs",
                           "0x5s",
                           "5,5s",
                           "10000000000000000000000000000000s"}) {
    EXPECT_EQ(ns(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(Duration, EndsAtAHundredYears) {
  // 100 * 365.25 * 24 h = 876600 h
  EXPECT_EQ(ns("876600h"), kSecond * 3600 * 876'600);
  EXPECT_EQ(ns("876600h1ns"), std::nullopt);
  EXPECT_EQ(ns("876601h"), std::nullopt);
}

TEST(Bytes, ReadsDecimalAndBinaryUnits) {
  const auto bytes = [](const char* text) { return units::bytes(text).value_or(Bytes(-1)).count; };
  EXPECT_EQ(bytes("512B"), 512);
  EXPECT_EQ(bytes("2kB"), 2'000);
  EXPECT_EQ(bytes("638MB"), 638'000'000);
  EXPECT_EQ(bytes("1.5GB"), 1'500'000'000);
  EXPECT_EQ(bytes("3TB"), 3'000'000'000'000);
  EXPECT_EQ(bytes("2KiB"), 2'048);
  EXPECT_EQ(bytes("2MiB"), 2'097'152);
  EXPECT_EQ(bytes("1.9GiB"), 2'040'109'466);  // 1.9 * 2^30 = 2040109465.6
  EXPECT_EQ(bytes("1TiB"), 1LL << 40);
  EXPECT_EQ(bytes("1048576TiB"), 1LL << 60);
  for (const char* text :
       {"", "5", "KB", "5KB", "5Gi", "5G", "-1B", "5 MB", "1048577TiB", "5MB/s"}) {
    EXPECT_EQ(bytes(text), -1) << '"' << text << '"';
  }
}

TEST(Bandwidth, IsBytesPerSecond) {
  EXPECT_EQ(units::bandwidth("500MB/s"), BytesPerSecond(500'000'000));
  EXPECT_EQ(units::bandwidth("1GiB/s"), BytesPerSecond(1LL << 30));
  for (const char* text : {"", "/s", "500MB", "500/s", "500MB/min", "500Mb/s"}) {
    EXPECT_EQ(units::bandwidth(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(Rate, IsPerSecond) {
  EXPECT_EQ(units::rate("0.5/s"), 0.5);
  EXPECT_EQ(units::rate("30/min"), 0.5);
  EXPECT_EQ(units::rate("1800/h"), 0.5);
  EXPECT_EQ(units::rate("0/s"), 0.0);
  for (const char* text : {"", "5", "/s", "-1/s", "5/m", "5/d", "nan/s", "inf/s", "5 /s", "5/s "}) {
    EXPECT_EQ(units::rate(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(Ratio, IsBetweenZeroAndOne) {
  EXPECT_EQ(units::ratio("0.18"), 0.18);
  EXPECT_EQ(units::ratio("18%"), 0.18);
  EXPECT_EQ(units::ratio("0"), 0.0);
  EXPECT_EQ(units::ratio("100%"), 1.0);
  for (const char* text : {"", "%", "18", "1.01", "101%", "-0.1", "nan", "18 %"}) {
    EXPECT_EQ(units::ratio(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(Integer, IsDigitsOnly) {
  EXPECT_EQ(units::integer("42"), 42);
  EXPECT_EQ(units::integer("-42"), -42);
  EXPECT_EQ(units::integer("+42"), 42);
  EXPECT_EQ(units::integer("9223372036854775807"), 9'223'372'036'854'775'807);
  for (const char* text : {"", "-", "+", "+-4", "4.0", "4e2", "0x10", "4 ", " 4", "1_000",
                           "9223372036854775808", "four"}) {
    EXPECT_EQ(units::integer(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(Number, IsFiniteAndDecimal) {
  EXPECT_EQ(units::number("0.6"), 0.6);
  EXPECT_EQ(units::number("-1.5e3"), -1500.0);
  for (const char* text :
       {"", "-", ".5", "5.", "nan", "inf", "-inf", ".nan", ".inf", "1e999", "0x1p3", "1,5", "1 "}) {
    EXPECT_EQ(units::number(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(Billionths, AreExactOrNothing) {
  EXPECT_EQ(units::billionths("0.75"), 750'000'000);
  EXPECT_EQ(units::billionths("21.96"), 21'960'000'000);
  EXPECT_EQ(units::billionths("0.000000001"), 1);
  for (const char* text : {"", "0.0000000001", "-1", "1e3", "9999999999999"}) {
    EXPECT_EQ(units::billionths(text), std::nullopt) << '"' << text << '"';
  }
}

// Expected values: the rules of resource.Quantity in Kubernetes' API documentation.
TEST(KubernetesQuantity, ReadsEachSuffix) {
  EXPECT_EQ(units::kubernetes_milli("250m"), 250);
  EXPECT_EQ(units::kubernetes_milli("0.5"), 500);
  EXPECT_EQ(units::kubernetes_milli("2"), 2'000);
  EXPECT_EQ(units::kubernetes_milli("1.5Gi"), 1'610'612'736'000);  // 1.5 * 2^30 * 1000
  EXPECT_EQ(units::kubernetes_milli(".5"), 500);
  EXPECT_EQ(units::kubernetes_milli("5."), 5'000);
  EXPECT_EQ(units::kubernetes_whole("1Ki"), 1'024);
  EXPECT_EQ(units::kubernetes_whole("1k"), 1'000);
  EXPECT_EQ(units::kubernetes_whole("48G"), 48'000'000'000);
  EXPECT_EQ(units::kubernetes_whole("1Ei"), 1LL << 60);
  EXPECT_EQ(units::kubernetes_whole("1E"), 1'000'000'000'000'000'000);
  EXPECT_EQ(units::kubernetes_whole("1e3"), 1'000);
  EXPECT_EQ(units::kubernetes_whole("1E3"), 1'000);
  EXPECT_EQ(units::kubernetes_milli("1e-3"), 1);
  EXPECT_EQ(units::kubernetes_whole("+4"), 4);
}

TEST(KubernetesQuantity, RoundsUp) {
  EXPECT_EQ(units::kubernetes_whole("100m"), 1);
  EXPECT_EQ(units::kubernetes_whole("1001m"), 2);
  EXPECT_EQ(units::kubernetes_milli("1n"), 1);
  EXPECT_EQ(units::kubernetes_milli("1500u"), 2);
  EXPECT_EQ(units::kubernetes_milli("0"), 0);
}

TEST(KubernetesQuantity, RefusesEverythingElse) {
  for (const char* text : {"", "m", "-1", "1K", "1 Gi", "1GB", "1gi", "1e", "1e99", "8Ei", "1.1.1",
                           "\xe2\x88\x92"
                           "1"}) {
    EXPECT_EQ(units::kubernetes_whole(text), std::nullopt) << '"' << text << '"';
  }
  EXPECT_EQ(units::kubernetes_milli("1Ei"), std::nullopt);  // 2^60 * 1000 is above 2^63
  // 28 digits are as many as are read; with nine more places 10^37 still fits 128 bits.
  EXPECT_EQ(units::kubernetes_whole("0.0000000000000000000000000001"), std::nullopt);
  EXPECT_EQ(units::kubernetes_whole("0.000000000000000000000000001"), 1);
}

// Expected values: the documentation of Go's time.ParseDuration.
TEST(GoDuration, ReadsWhatGoReads) {
  const auto go = [](const char* text) {
    return units::go_duration(text).value_or(Duration(-1)).count();
  };
  EXPECT_EQ(go("300ms"), 300'000'000);
  EXPECT_EQ(go("1200s"), 1200 * kSecond);
  EXPECT_EQ(go("1h2m3.5s"), 3723 * kSecond + kSecond / 2);
  EXPECT_EQ(go("1.5h"), 5400 * kSecond);
  EXPECT_EQ(go("2us"), 2'000);
  EXPECT_EQ(go("2\xc2\xb5s"), 2'000);
  EXPECT_EQ(go("2\xce\xbcs"), 2'000);
  EXPECT_EQ(go("1s1s"), 2 * kSecond);
  EXPECT_EQ(go("0"), 0);
  EXPECT_EQ(go(".5s"), kSecond / 2);
  EXPECT_EQ(units::go_duration("-1.5h"), Duration(-5400 * kSecond));
  for (const char* text : {"", "3", "s", "1d", "1 s", "1min", "--1s", "3000000h"}) {
    EXPECT_EQ(units::go_duration(text), std::nullopt) << '"' << text << '"';
  }
}

// Expected values: "Configuration file measurement units" of nginx's documentation.
TEST(NginxDuration, ReadsWhatNginxReads) {
  const auto nginx = [](const char* text) {
    return units::nginx_duration(text).value_or(Duration(-1)).count();
  };
  EXPECT_EQ(nginx("60"), 60 * kSecond);
  EXPECT_EQ(nginx("1200s"), 1200 * kSecond);
  EXPECT_EQ(nginx("500ms"), kSecond / 2);
  EXPECT_EQ(nginx("1m"), 60 * kSecond);
  EXPECT_EQ(nginx("2h 30m"), 9000 * kSecond);
  EXPECT_EQ(nginx("1h30m"), 5400 * kSecond);
  EXPECT_EQ(nginx("1d"), 86'400 * kSecond);
  EXPECT_EQ(nginx("1m 30"), 90 * kSecond);
  for (const char* text : {"", "s", "1.5s", "1min", "30m 2h", "-1s", "1s1s", " 1s"}) {
    EXPECT_EQ(units::nginx_duration(text), std::nullopt) << '"' << text << '"';
  }
}

}  // namespace units_test
}  // namespace thaw
