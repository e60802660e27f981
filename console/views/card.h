// A titled surface that holds one thing.
#pragma once

#include <QFrame>
#include <QLabel>

class QVBoxLayout;

namespace console::views {

/// Rounded frame with a small heading, an optional remark at its right, and content below.
class Card final : public QFrame
{
    Q_OBJECT

public:
    explicit Card(const QString &title, QWidget *parent = nullptr);

    void setContent(QWidget *content);
    void setRemark(const QString &remark);

private:
    QVBoxLayout *m_layout;
    QLabel *m_remark;
};

/// A muted label; `points` is added to the base size.
QLabel *makeLabel(const QString &text, int points, int weight, bool isMuted, QWidget *parent);
/// The base font, larger or smaller and of another weight.
QFont fontLike(const QFont &base, int points, int weight);

} // namespace console::views
