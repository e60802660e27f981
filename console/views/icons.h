// The console's own icons, drawn in the colour that is asked for.
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace console::views {

/// Makes the icons and the style sheet findable. Once, before the first window.
void initResources();

/// `name` is a file below resources/console/icons, without its ending. Sharp at any scale.
QIcon tintedIcon(const QString &name, const QColor &color);
QPixmap tintedPixmap(const QString &name, const QColor &color, int size, qreal scale);
QIcon appIcon();

} // namespace console::views
