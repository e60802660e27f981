// What stands where there is nothing to show.
#pragma once

#include <QWidget>

class QLabel;

namespace console::views {

/// An icon, a heading and a sentence that says why it is empty and what will fill it.
class EmptyState final : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyState(QString iconName, QWidget *parent = nullptr);

    void setText(const QString &title, const QString &hint);

protected:
    void changeEvent(QEvent *event) override;

private:
    void tint();

    QString m_iconName;
    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_hint;
};

} // namespace console::views
