#include "server/http/percent.h"

#include "server/http/header_text.h"
#include "server/http/request.h"

#include <algorithm>

namespace server::http {

namespace {

int hexValue(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    const char lower = toLower(digit);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The byte that `%XX` at `at` stands for, or -1.
int encodedByte(std::string_view text, size_t at)
{
    if (at + 2 >= text.size())
        return -1;
    const int high = hexValue(text[at + 1]);
    const int low = hexValue(text[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

} // namespace

bool decodePercent(std::string_view text, std::string &out)
{
    out.clear();
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int byte = encodedByte(text, i);
        if (byte < 0)
            return false;
        out += char(byte);
        i += 2;
    }
    return true;
}

std::string decodeFormText(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        const int byte = text[i] == '%' ? encodedByte(text, i) : -1;
        if (byte >= 0) {
            out += char(byte);
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

FormBytes decodeForm(std::string_view text)
{
    FormBytes fields;
    for (const std::string_view pair : split(text, '&')) {
        if (pair.empty())
            continue;
        const size_t equals = std::min(pair.find('='), pair.size());
        fields.emplace_back(decodeFormText(pair.substr(0, equals)),
                            decodeFormText(pair.substr(std::min(equals + 1, pair.size()))));
    }
    return fields;
}

FormBytes decodeMultipart(std::string_view body, std::string_view boundary)
{
    FormBytes fields;
    const std::string delimiter = "\r\n--" + std::string(boundary);
    // The first delimiter has no line break before it when nothing stands in front.
    size_t at = body.starts_with(std::string_view(delimiter).substr(2)) ? delimiter.size() - 2
                                                                        : body.find(delimiter);
    if (boundary.empty() || at == std::string_view::npos)
        return fields;
    if (!body.starts_with(std::string_view(delimiter).substr(2)))
        at += delimiter.size();
    while (body.substr(at).starts_with("\r\n")) {
        const size_t end = body.find(delimiter, at);
        if (end == std::string_view::npos)
            break;
        const std::string_view part = body.substr(at + 2, end - at - 2);
        at = end + delimiter.size();
        const size_t blank = part.find("\r\n\r\n");
        if (blank == std::string_view::npos)
            continue;
        for (const std::string_view line : split(part.substr(0, blank), '\n')) {
            const size_t colon = line.find(':');
            if (colon == std::string_view::npos
                || !equalsNoCase(line.substr(0, colon), "content-disposition"))
                continue;
            if (const auto name = parameterOf(line.substr(colon + 1), "name"))
                fields.emplace_back(*name, part.substr(blank + 4));
        }
    }
    return fields;
}

FormBytes formBytes(const Request &request)
{
    const std::string_view type = request.header("content-type").value_or("");
    const std::string_view kind = trimmed(type.substr(0, type.find(';')));
    const std::string_view body(request.body.constData(), size_t(request.body.size()));
    if (equalsNoCase(kind, "application/x-www-form-urlencoded"))
        return decodeForm(body);
    if (equalsNoCase(kind, "multipart/form-data"))
        return decodeMultipart(body, parameterOf(type, "boundary").value_or(""));
    return {};
}

} // namespace server::http
