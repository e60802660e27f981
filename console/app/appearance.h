// Light or dark, and the typeface.
#pragma once

#include "console/app/system_scheme.h"

#include <QObject>

#include <optional>

namespace console::app {

/// Applies our palette and style sheet to the whole application, and does so again when the desktop
/// changes its mind. One per program; GUI thread.
class Appearance final : public QObject
{
    Q_OBJECT

public:
    enum class Choice { System, Light, Dark };

    static std::optional<Choice> choiceFromText(const QString &text);

    explicit Appearance(QObject *parent = nullptr);

    /// Sets style and typeface, then the colours. Once, before the first window.
    void start(Choice choice);
    void choose(Choice choice);
    bool isDark() const { return m_isDark; }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    bool systemIsDark();
    void apply();

    SystemScheme m_system;
    Choice m_choice = Choice::System;
    bool m_isDark = false;
    bool m_isApplying = false;
};

} // namespace console::app
