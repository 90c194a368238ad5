// A TCP connection of a Loop, over 127.0.0.1, and who accepts them.
//
// Nothing waits: what cannot be sent yet is kept. An owner is told, on the loop's thread, and may
// close() the stream but not destroy it while it is being told; see Loop::soon.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tests/gateway/loop.hpp"

namespace thaw::rigs {

class Stream final : Loop::Watcher {
 public:
  class Owner {
   public:
    virtual void came(std::string_view bytes) = 0;
    virtual void ended() = 0;  // by the other side, in whatever way; not after close()
    virtual void opened() {}   // the other side accepted it
    virtual void drained() {}  // all that was given to send() is with the system

   protected:
    ~Owner() = default;
  };

  Stream(Loop& loop, Owner& owner, std::uint16_t port);  // connects
  Stream(Loop& loop, Owner& owner, int accepted);        // takes a descriptor
  ~Stream() { close(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void send(std::string_view bytes);
  void finish();           // no more is sent, once what was given is; reading goes on
  void read(bool wanted);  // false: what comes stays in the system's buffers
  void close();            // at once
  void reset();            // at once, and the other side sees an error
  bool open() const { return descriptor_ >= 0; }
  std::size_t unsent() const { return out_.size() - sent_; }

 private:
  void ready(std::uint32_t events) override;
  void write();
  void take();
  void watch();
  void over();

  Loop& loop_;
  Owner& owner_;
  int descriptor_ = -1;
  std::uint32_t events_ = 0;
  std::string out_;
  std::size_t sent_ = 0;
  bool connecting_ = false, reads_ = true, finishes_ = false, broken_ = false;
};

class Listener final : Loop::Watcher {
 public:
  using Accepted = std::function<void(int descriptor)>;
  Listener(Loop& loop, std::uint16_t port, Accepted accepted);  // port 0: any
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  void ready(std::uint32_t events) override;

  Loop& loop_;
  Accepted accepted_;
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace thaw::rigs
