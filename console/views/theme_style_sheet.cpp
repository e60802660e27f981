#include "console/views/theme.h"

#include <QFile>
#include <QHash>

namespace console::views {

/// The sheet is a resource with @names where colours belong.
QString Theme::styleSheet() const
{
    QFile file(QStringLiteral(":/console/console.qss"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QString sheet = QString::fromUtf8(file.readAll());
    const QHash<QString, QColor> names{{QStringLiteral("@window"), window},
                                       {QStringLiteral("@surface"), surface},
                                       {QStringLiteral("@raised"), raised},
                                       {QStringLiteral("@border"), border},
                                       {QStringLiteral("@text"), text},
                                       {QStringLiteral("@muted"), mutedText},
                                       {QStringLiteral("@accent"), accent},
                                       {QStringLiteral("@onaccent"), onAccent},
                                       {QStringLiteral("@selection"), selection},
                                       {QStringLiteral("@danger"), danger},
                                       {QStringLiteral("@dangertint"), dangerTint},
                                       {QStringLiteral("@ondanger"), onDanger},
                                       {QStringLiteral("@warning"), warning},
                                       {QStringLiteral("@warningtint"), warningTint},
                                       {QStringLiteral("@good"), good},
                                       {QStringLiteral("@goodtint"), goodTint},
                                       {QStringLiteral("@track"), track}};
    // Names end at a semicolon or space in the sheet, so no name may be taken for a longer one.
    for (auto name = names.begin(); name != names.end(); ++name) {
        for (const QChar end : {QLatin1Char(';'), QLatin1Char(' ')})
            sheet.replace(name.key() + end, name.value().name() + end);
    }
    return sheet;
}

} // namespace console::views
