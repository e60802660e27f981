#include "console/audio/rate_converter.h"

#include "shared/audio/mulaw.h"

#include <samplerate.h>

#include <algorithm>

namespace console::audio {

RateConverter::RateConverter(int outputRate, Source source)
    : m_source(std::move(source)), m_ratio(double(outputRate) / ::audio::kSampleRate)
{
    int error = 0;
    m_state = src_callback_new(&RateConverter::feed, SRC_SINC_FASTEST, 2, &error, this);
}

RateConverter::~RateConverter()
{
    src_delete(m_state); // takes a null pointer too
}

long RateConverter::feed(void *self, float **data)
{
    auto *converter = static_cast<RateConverter *>(self);
    converter->m_source(converter->m_samples);
    src_short_to_float_array(converter->m_samples.data(), converter->m_floats.data(),
                             int(converter->m_samples.size()));
    *data = converter->m_floats.data();
    return long(converter->m_samples.size() / 2);
}

void RateConverter::pull(std::span<float> out)
{
    long done = 0;
    if (m_state != nullptr)
        done = src_callback_read(m_state, m_ratio, long(out.size() / 2), out.data());
    const auto filled = std::size_t(std::max(0L, done)) * 2;
    std::fill(out.begin() + std::ptrdiff_t(filled), out.end(), 0.0F);
}

} // namespace console::audio
