#include "console/views/card.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <QVariant>

namespace console::views {

QFont fontLike(const QFont &base, int points, int weight)
{
    QFont font = base;
    font.setPointSizeF(base.pointSizeF() + points);
    font.setWeight(QFont::Weight(weight));
    return font;
}

QLabel *makeLabel(const QString &text, int points, int weight, bool isMuted, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText); // much of what is shown was written by strangers
    label->setFont(fontLike(label->font(), points, weight));
    if (isMuted)
        label->setProperty("kind", QStringLiteral("muted"));
    return label;
}

Card::Card(const QString &title, QWidget *parent)
    : QFrame(parent),
      m_layout(new QVBoxLayout(this)),
      m_remark(makeLabel({}, -1, QFont::Normal, true, this))
{
    setObjectName(QStringLiteral("card"));
    setAccessibleName(title);
    m_layout->setContentsMargins(1, 1, 1, 4);
    m_layout->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(14, 10, 14, 8);
    head->addWidget(makeLabel(title, -1, QFont::DemiBold, true, this));
    head->addStretch();
    head->addWidget(m_remark);
    m_layout->addLayout(head);
}

void Card::setContent(QWidget *content)
{
    m_layout->addWidget(content, 1);
}

void Card::setRemark(const QString &remark)
{
    m_remark->setText(remark);
}

} // namespace console::views
