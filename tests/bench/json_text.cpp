#include "tests/bench/json_text.h"

#include <cstddef>

namespace bench {

namespace {

/// Walks over JSON text; at() is past the end once the text turns out to be malformed.
class Walker
{
public:
    explicit Walker(std::string_view text) : m_text(text) {}

    std::size_t at() const { return m_at; }
    bool take(char wanted)
    {
        skipSpace();
        if (m_at >= m_text.size() || m_text[m_at] != wanted)
            return false;
        ++m_at;
        return true;
    }

    void skipSpace()
    {
        const std::size_t next = m_text.find_first_not_of(" \t\r\n", m_at);
        m_at = next == std::string_view::npos ? m_text.size() : next;
    }

    void skipString()
    {
        ++m_at;
        while (m_at < m_text.size() && m_text[m_at] != '"') {
            // Almost every string is base64 without escapes: leap to whichever comes first.
            m_at = m_text.find_first_of("\"\\", m_at);
            if (m_at == std::string_view::npos)
                m_at = m_text.size();
            else if (m_text[m_at] == '\\')
                m_at += 2;
        }
        ++m_at;
    }

    void skipValue()
    {
        skipSpace();
        int depth = 0;
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (depth == 0 && (c == ',' || c == '}' || c == ']'))
                return;
            if (c == '"') {
                skipString();
            } else {
                if (c == '{' || c == '[')
                    ++depth;
                if (c == '}' || c == ']')
                    --depth;
                ++m_at;
            }
        }
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

} // namespace

std::string_view rawMember(std::string_view object, std::string_view key)
{
    Walker walker(object);
    if (!walker.take('{'))
        return {};
    do {
        walker.skipSpace();
        const std::size_t nameBegin = walker.at() + 1;
        walker.skipString();
        if (walker.at() > object.size())
            return {};
        const std::string_view name = object.substr(nameBegin, walker.at() - 1 - nameBegin);
        if (!walker.take(':'))
            return {};
        walker.skipSpace();
        const std::size_t begin = walker.at();
        walker.skipValue();
        if (walker.at() > object.size())
            return {};
        if (name == key) {
            const std::string_view value = object.substr(begin, walker.at() - begin);
            return value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
        }
    } while (walker.take(','));
    return {};
}

std::string_view textMember(std::string_view object, std::string_view key, std::string &scratch)
{
    std::string_view raw = rawMember(object, key);
    if (raw.size() < 2 || raw.front() != '"')
        return {};
    raw = raw.substr(1, raw.size() - 2);
    if (raw.find('\\') == std::string_view::npos)
        return raw;
    scratch.clear();
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '\\' && i + 1 < raw.size())
            ++i;
        scratch += raw[i];
    }
    return scratch;
}

} // namespace bench
