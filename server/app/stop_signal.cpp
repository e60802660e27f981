#include "server/app/stop_signal.h"

#include <csignal>

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace server::app {

namespace {

sigset_t stopSignals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

} // namespace

void blockStopSignals()
{
    const sigset_t set = stopSignals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

StopSignal::StopSignal(net::Loop &loop, net::Loop::Task onStop)
    : m_loop(loop), m_onStop(std::move(onStop))
{
    const sigset_t set = stopSignals();
    m_fd = net::UniqueFd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    m_loop.watch(m_fd.get(), EPOLLIN, this);
}

StopSignal::~StopSignal()
{
    m_loop.unwatch(m_fd.get(), this);
}

void StopSignal::ready(std::uint32_t)
{
    signalfd_siginfo info{};
    if (::read(m_fd.get(), &info, sizeof info) == sizeof info)
        m_onStop();
}

} // namespace server::app
