#include "common/net/xml.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace millrace {
namespace {

TEST(Xml, ReadsElementsEntitiesAndCdata) {
    const auto xml = parse_xml(
        "<?xml version=\"1.0\"?>\n<!-- hello --><a x='1' y=\"<\">\n <b>1 &lt; 2 &amp; "
        "&#20013;&#x41;</b>\n"
        " <b><![CDATA[<raw&>]]> end</b><c/><d k = 'v' /></a>\n");
    ASSERT_TRUE(xml.ok()) << xml.status().text();
    EXPECT_EQ(xml->name, "a");
    EXPECT_EQ(xml->text, "");
    ASSERT_EQ(xml->children.size(), 4u);
    EXPECT_EQ(xml->text_of("b"), "1 < 2 & 中A");
    EXPECT_EQ(xml->children[1].text, "<raw&> end");
    EXPECT_NE(xml->child("c"), nullptr);
    EXPECT_EQ(xml->text_of("none"), "");
    EXPECT_EQ(xml->attribute("x"), "1");
    EXPECT_EQ(xml->attribute("y"), "<");
    EXPECT_EQ(xml->child("d")->attribute("k"), "v");
    EXPECT_EQ(xml->attribute("none"), "");
}

TEST(Xml, EntitiesInAttributesAreResolved) {
    const auto xml = parse_xml("<a Name=\"pt\" Value='2026 &amp; &quot;x&#39;'/>");
    ASSERT_TRUE(xml.ok());
    EXPECT_EQ(xml->attribute("Name"), "pt");
    EXPECT_EQ(xml->attribute("Value"), "2026 & \"x'");
    EXPECT_FALSE(parse_xml("<a b='&what;'/>").ok());
    EXPECT_FALSE(parse_xml("<a b='1\"/>").ok());
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
    for (const char* text :
         {"", "text", "<a>", "<a></b>", "<a/><b/>", "<a", "<a b></a>", "<a b=c/>", "<a>&what;</a>",
          "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&lt</a>", "<a><![CDATA[</a>", "< a/>", "<a></a",
          "<!DOCTYPE a [<!ENTITY x \"y\">]><a/>", "<a><!-- </a>"}) {
        EXPECT_EQ(parse_xml(text).status().code(), Code::kCorrupt) << text;
    }
}

TEST(Xml, DepthAndLengthAreBounded) {
    std::string deep, close;
    for (int i = 0; i < 33; ++i) {
        deep += "<a>";
        close += "</a>";
    }
    EXPECT_FALSE(parse_xml(deep + close).ok());
    EXPECT_TRUE(parse_xml(deep.substr(3) + close.substr(4)).ok());
    EXPECT_FALSE(parse_xml("<a>" + std::string(17 << 20, 'x') + "</a>").ok());
}

RC_GTEST_PROP(XmlProperty, EscapedTextReadsBack, ()) {
    const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f));
    const auto xml = parse_xml("<a>" + xml_escape(text) + "</a>");
    RC_ASSERT(xml.ok());
    RC_ASSERT(xml->text == text);
}

RC_GTEST_PROP(XmlProperty, AnyBytesGiveAnAnswer, (const std::string& bytes)) {
    const auto letters = *rc::gen::container<std::string>(
        rc::gen::element('<', '>', '/', 'a', '&', ';', '!', '[', '-', '"', '='));
    (void)parse_xml(bytes);
    (void)parse_xml("<a>" + letters);
}

}  // namespace
}  // namespace millrace
