// Every colour of the console, light and dark.
#pragma once

#include <QColor>
#include <QPalette>
#include <QString>

namespace console::views {

/// The colours by their purpose. A widget finds its theme from its palette, so a change of palette
/// is all that it takes to change everything. Text colours keep a contrast of at least 4.5 to 1 on
/// every surface they are used on; a test holds them to it.
struct Theme
{
    bool isDark = false;
    QColor window;  ///< behind everything
    QColor surface; ///< cards, table, fields
    QColor raised;  ///< header row, hovered row
    QColor border;
    QColor text;
    QColor mutedText;
    QColor accent; ///< primary button, focus, links
    QColor onAccent;
    QColor selection;  ///< selected row
    QColor caller;     ///< the caller's voice: meter, label
    QColor callerTint; ///< the caller's words stand on it
    QColor agent;
    QColor agentTint;
    QColor unheard; ///< words that were never heard
    QColor good;
    QColor goodTint;
    QColor warning;
    QColor warningTint;
    QColor danger;
    QColor dangerTint;
    QColor onDanger;
    QColor track; ///< the empty part of a meter or bar

    static Theme light();
    static Theme dark();
    /// The theme that a palette belongs to, told by how light its window is.
    static Theme of(const QPalette &palette);

    QPalette palette() const;
    QString styleSheet() const;
};

/// Whether a palette has light text on a dark window.
bool isDarkPalette(const QPalette &palette);

/// Contrast of two opaque colours, 1...21 (WCAG 2.2, "contrast ratio").
double contrastRatio(const QColor &a, const QColor &b);

} // namespace console::views
