#include "console/views/icons.h"

#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <algorithm>

// At file level: the macro must not stand inside a namespace.
static void initQrc()
{
    Q_INIT_RESOURCE(console);
}

namespace console::views {

namespace {

/// Renders on demand, so the same icon is sharp on each screen of a mixed desktop.
class TintedIconEngine final : public QIconEngine
{
public:
    TintedIconEngine(QString name, const QColor &color) : m_name(std::move(name)), m_color(color) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const qreal scale = painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect, draw(mode, rect.size(), scale));
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        // `size` is in device pixels here.
        return draw(mode, size / scale, scale);
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State) override
    {
        return draw(mode, size, 1.0);
    }

    QIconEngine *clone() const override { return new TintedIconEngine(*this); }

private:
    QPixmap draw(QIcon::Mode mode, const QSize &size, qreal scale) const
    {
        QColor color = m_color;
        if (mode == QIcon::Disabled)
            color.setAlphaF(0.55F);
        const int side = std::min(size.width(), size.height());
        QPixmap icon = tintedPixmap(m_name, color, side, scale);
        if (size.width() <= side)
            return icon;
        // A wider size keeps the icon at the left: that is how a button gets room before its text.
        QPixmap padded(size * scale);
        padded.setDevicePixelRatio(scale);
        padded.fill(Qt::transparent);
        QPainter(&padded).drawPixmap(0, 0, icon);
        return padded;
    }

    QString m_name;
    QColor m_color;
};

} // namespace

void initResources()
{
    initQrc();
}

QIcon tintedIcon(const QString &name, const QColor &color)
{
    return QIcon(new TintedIconEngine(name, color)); // the icon owns its engine
}

QPixmap tintedPixmap(const QString &name, const QColor &color, int size, qreal scale)
{
    const QString key =
        QStringLiteral("%1|%2|%3|%4").arg(name, color.name(QColor::HexArgb)).arg(size).arg(scale);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    const int pixels = std::max(1, qRound(size * scale));
    pixmap = QPixmap(pixels, pixels);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer renderer(QStringLiteral(":/console/icons/%1.svg").arg(name));
    renderer.render(&painter, QRectF(0, 0, pixels, pixels));
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(pixmap.rect(), color);
    painter.end();
    pixmap.setDevicePixelRatio(scale);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QIcon appIcon()
{
    return QIcon(QStringLiteral(":/console/icons/app.svg"));
}

} // namespace console::views
