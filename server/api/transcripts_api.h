// One's own transcripts and recordings.
#pragma once

#include "server/core/calls/call_service.h"
#include "server/core/transcripts/transcript_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

#include <functional>

namespace server::api {

/// Handlers of the transcript routes in all the forms that clients know, and of
/// /calls/{id}/recording. What is not the caller's own is 404. Thread-safe.
class TranscriptsApi
{
public:
    struct Ports
    {
        const core::TranscriptService &transcripts;
        core::CallService &calls;
        /// The bytes of a recording by its name in the recordings folder; Fault::NotFound where
        /// this node has none.
        std::function<base::Result<QByteArray>(const QString &)> readRecording;
        /// Deletes files that were noted as to be deleted.
        std::function<void()> sweepFiles;
    };
    explicit TranscriptsApi(Ports ports) : m_ports(std::move(ports)) {}

    // /stored-transcripts
    http::Response list(const http::Request &request);
    http::Response show(const http::Request &request);
    http::Response exportAs(const http::Request &request);
    http::Response remove(const http::Request &request);

    // /api/transcripts
    http::Response read(const http::Request &request);
    http::Response summarize(const http::Request &request);
    http::Response fetchAndStore(const http::Request &request);

    // /api/enhanced-transcripts, and getting those of the phone network
    http::Response listEnhanced(const http::Request &request);
    http::Response showEnhanced(const http::Request &request);
    /// Takes a bare JSON text or {"transcript_sid": ...}: clients send both.
    http::Response fetchAndStoreEnhanced(const http::Request &request);
    http::Response import(const http::Request &request);

    // /twilio-transcripts
    http::Response listTwilio(const http::Request &request);
    http::Response showTwilio(const http::Request &request);
    http::Response ofRecording(const http::Request &request);

    http::Response recording(const http::Request &request);

private:
    base::Result<core::Transcript> find(const http::Request &request) const;

    const Ports m_ports;
};

} // namespace server::api
