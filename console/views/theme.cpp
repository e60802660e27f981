#include "console/views/theme.h"

#include <algorithm>
#include <cmath>

namespace console::views {

namespace {

/// WCAG 2.2, "relative luminance".
double luminance(const QColor &color)
{
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
           + 0.0722 * linear(color.blueF());
}

} // namespace

Theme Theme::light()
{
    Theme theme;
    theme.isDark = false;
    theme.window = QColor(0xf4f5f7);
    theme.surface = QColor(0xffffff);
    theme.raised = QColor(0xf7f8fa);
    theme.border = QColor(0xdfe3e8);
    theme.text = QColor(0x171a1f);
    theme.mutedText = QColor(0x586270);
    theme.accent = QColor(0x2457d6);
    theme.onAccent = QColor(0xffffff);
    theme.selection = QColor(0xe6edfd);
    theme.caller = QColor(0x08706b);
    theme.callerTint = QColor(0xe7f4f3);
    theme.agent = QColor(0x6a3bd0);
    theme.agentTint = QColor(0xf1edfc);
    theme.unheard = QColor(0x5f6878);
    theme.good = QColor(0x14713a);
    theme.goodTint = QColor(0xe4f5ea);
    theme.warning = QColor(0x875300);
    theme.warningTint = QColor(0xfdf3dc);
    theme.danger = QColor(0xb3261e);
    theme.dangerTint = QColor(0xfdeceb);
    theme.onDanger = QColor(0xffffff);
    theme.track = QColor(0xe6e9ee);
    return theme;
}

Theme Theme::dark()
{
    Theme theme;
    theme.isDark = true;
    theme.window = QColor(0x111316);
    theme.surface = QColor(0x191c21);
    theme.raised = QColor(0x20242a);
    theme.border = QColor(0x2e343c);
    theme.text = QColor(0xe8eaed);
    theme.mutedText = QColor(0xa4acb8);
    theme.accent = QColor(0x8ab4ff);
    theme.onAccent = QColor(0x0b1b3a);
    theme.selection = QColor(0x22304d);
    theme.caller = QColor(0x4fd1c5);
    theme.callerTint = QColor(0x17302f);
    theme.agent = QColor(0xbba4ff);
    theme.agentTint = QColor(0x282240);
    theme.unheard = QColor(0x9aa2b1);
    theme.good = QColor(0x6fd394);
    theme.goodTint = QColor(0x17301f);
    theme.warning = QColor(0xf2b84b);
    theme.warningTint = QColor(0x352a12);
    theme.danger = QColor(0xff8f86);
    theme.dangerTint = QColor(0x3a1e1d);
    theme.onDanger = QColor(0x3b0906);
    theme.track = QColor(0x2b3038);
    return theme;
}

Theme Theme::of(const QPalette &palette)
{
    return isDarkPalette(palette) ? dark() : light();
}

QPalette Theme::palette() const
{
    QPalette palette;
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, surface);
    palette.setColor(QPalette::AlternateBase, raised);
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::PlaceholderText, mutedText);
    palette.setColor(QPalette::Button, surface);
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, onDanger);
    palette.setColor(QPalette::Highlight, selection);
    palette.setColor(QPalette::HighlightedText, text);
    palette.setColor(QPalette::Link, accent);
    palette.setColor(QPalette::LinkVisited, accent);
    palette.setColor(QPalette::ToolTipBase, surface);
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::Light, raised);
    palette.setColor(QPalette::Midlight, raised);
    palette.setColor(QPalette::Mid, border);
    palette.setColor(QPalette::Dark, border);
    palette.setColor(QPalette::Shadow, border);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, mutedText);
    return palette;
}

bool isDarkPalette(const QPalette &palette)
{
    return luminance(palette.color(QPalette::Window))
           < luminance(palette.color(QPalette::WindowText));
}

double contrastRatio(const QColor &a, const QColor &b)
{
    const double one = luminance(a) + 0.05;
    const double other = luminance(b) + 0.05;
    return std::max(one, other) / std::min(one, other);
}

} // namespace console::views
