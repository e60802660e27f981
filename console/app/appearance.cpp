#include "console/app/appearance.h"

#include "console/views/icons.h"
#include "console/views/theme.h"

#include <QApplication>
#include <QEvent>
#include <QFontDatabase>
#include <QStyleFactory>
#include <QToolTip>

#include <algorithm>

namespace console::app {

namespace {

/// Inter where it is installed, else the desktop's own face; never smaller than is easy to read.
QFont baseFont()
{
    QFont font = QApplication::font();
    if (QFontDatabase::families().contains(QLatin1String("Inter")))
        font.setFamily(QStringLiteral("Inter"));
    font.setPointSizeF(std::max(10.0, font.pointSizeF()));
    return font;
}

} // namespace

std::optional<Appearance::Choice> Appearance::choiceFromText(const QString &text)
{
    if (text == QLatin1String("system"))
        return Choice::System;
    if (text == QLatin1String("light"))
        return Choice::Light;
    if (text == QLatin1String("dark"))
        return Choice::Dark;
    return std::nullopt;
}

Appearance::Appearance(QObject *parent) : QObject(parent)
{
    connect(&m_system, &SystemScheme::changed, this, &Appearance::apply);
}

void Appearance::start(Choice choice)
{
    views::initResources();
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setFont(baseFont());
    QApplication::setWindowIcon(views::appIcon());
    m_choice = choice;
    if (choice == Choice::System)
        m_system.start();
    apply();
    qApp->installEventFilter(this);
}

void Appearance::choose(Choice choice)
{
    m_choice = choice;
    apply();
}

bool Appearance::systemIsDark()
{
    if (m_system.prefersDark())
        return *m_system.prefersDark();
    // An empty palette brings the platform's own back, whose lightness tells.
    QApplication::setPalette(QPalette());
    return views::isDarkPalette(QApplication::palette());
}

void Appearance::apply()
{
    if (m_isApplying)
        return;
    m_isApplying = true;
    m_isDark = m_choice == Choice::Dark || (m_choice == Choice::System && systemIsDark());
    const views::Theme theme = m_isDark ? views::Theme::dark() : views::Theme::light();
    QApplication::setPalette(theme.palette());
    QToolTip::setPalette(theme.palette());
    qApp->setStyleSheet(theme.styleSheet());
    m_isApplying = false;
}

bool Appearance::eventFilter(QObject *watched, QEvent *event)
{
    // The desktop's theme has changed. Our own changes arrive as ApplicationPaletteChange too and
    // are told apart by the flag; queued, because the platform is still busy with its change.
    const bool isChange = event->type() == QEvent::ThemeChange
                          || (watched == qApp && event->type() == QEvent::ApplicationPaletteChange);
    if (isChange && !m_isApplying && m_choice == Choice::System) {
        const bool isDrifted = QApplication::palette().color(QPalette::Window)
                               != (m_isDark ? views::Theme::dark() : views::Theme::light()).window;
        if (isDrifted || event->type() == QEvent::ThemeChange)
            QMetaObject::invokeMethod(this, &Appearance::apply, Qt::QueuedConnection);
    }
    return QObject::eventFilter(watched, event);
}

} // namespace console::app
