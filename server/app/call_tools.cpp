#include "server/app/call_tools.h"

#include "shared/base/log.h"

#include <QJsonDocument>

namespace server::app {

namespace {

QString errorText(const QString &why)
{
    const QJsonObject error{{QStringLiteral("status"), QStringLiteral("error")},
                            {QStringLiteral("error"), why}};
    return QString::fromUtf8(QJsonDocument(error).toJson(QJsonDocument::Compact));
}

} // namespace

void CallTools::run(base::CallId call, const QString &name, const QString &arguments, Answer answer)
{
    const auto tool = m_tools.find(name);
    if (tool == m_tools.end())
        return answer(errorText(QStringLiteral("there is no such tool")));
    const bool isQueued =
        m_pool.submit([&calls = m_calls, &run = tool->second, call, arguments, answer] {
            const auto found = calls.byId(call);
            if (!found)
                return answer(errorText(found.error().message));
            if (!*found)
                return answer(errorText(QStringLiteral("this call is not known")));
            answer(run(**found, arguments));
        });
    if (isQueued)
        return;
    base::log::warning("tool.refused", {{QStringLiteral("call"), call.value}});
    answer(errorText(QStringLiteral("too much to do, try again in a moment")));
}

} // namespace server::app
