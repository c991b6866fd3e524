// Which language a text is found to be in: many languages, short and mixed text, and text that is none.
#include "app/translate/language_detector.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

using namespace app::translate;

class TestLanguageDetector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sentences_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("code");
        const auto row = [](const char *code, const char16_t *text) {
            QTest::newRow(code) << QStringView(text).toString() << QString::fromLatin1(code);
        };
        row("en", u"The warranty covers parts and labour for two years from the date of purchase.");
        row("zh-Hans", u"断点续传现在会逐块校验文件，损坏的分块会自动重新下载。");
        row("zh-Hant", u"續傳功能現在會逐塊校驗檔案，損壞的區塊會自動重新下載。");
        row("ja", u"会議の時間を木曜日の午後に変更していただけますか。");
        row("ko", u"회의 시간을 목요일 오후로 변경해 주시겠습니까?");
        row("fr", u"La garantie couvre les pièces et la main-d'œuvre pendant deux ans à compter de l'achat.");
        row("de", u"Die Garantie umfasst Teile und Arbeitszeit für zwei Jahre ab dem Kaufdatum.");
        row("es", u"La garantía cubre las piezas y la mano de obra durante dos años desde la compra.");
        row("pt", u"A garantia cobre peças e mão de obra por dois anos a partir da data da compra.");
        row("it", u"La garanzia copre i pezzi e la manodopera per due anni dalla data di acquisto.");
        row("nl", u"De garantie dekt onderdelen en arbeid gedurende twee jaar vanaf de aankoopdatum.");
        row("ru", u"Гарантия распространяется на детали и работу в течение двух лет со дня покупки.");
        row("uk", u"Гарантія поширюється на деталі та роботу протягом двох років з дня придбання.");
        row("be", u"Гарантыя распаўсюджваецца на дэталі і працу на працягу двух гадоў з дня пакупкі.");
        row("bg", u"Гаранцията покрива частите и труда за две години от датата на покупката.");
        row("sr", u"Гаранција покрива делове и рад у трајању од две године од дана куповине.");
        row("pl", u"Gwarancja obejmuje części i robociznę przez dwa lata od daty zakupu.");
        row("cs", u"Záruka se vztahuje na díly a práci po dobu dvou let od data nákupu.");
        row("sk", u"Záruka sa vzťahuje na diely a prácu počas dvoch rokov od dátumu nákupu.");
        row("hu", u"A garancia két évig érvényes az alkatrészekre és a munkadíjra a vásárlás napjától.");
        row("ro", u"Garanția acoperă piesele și manopera timp de doi ani de la data cumpărării.");
        row("ar", u"يغطي الضمان قطع الغيار والعمل لمدة عامين من تاريخ الشراء.");
        row("fa",
            u"این ضمانت‌نامه قطعات و دستمزد را به مدت دو سال از "
            u"تاریخ "
            u"خرید "
            u"پوشش "
            u"می‌دهد.");
        row("ur", u"وارنٹی خریداری کی تاریخ سے دو سال تک پرزوں اور مزدوری کا احاطہ کرتی ہے۔");
        row("he", u"האחריות מכסה חלקים ועבודה למשך שנתיים מתאריך הרכישה.");
        row("tr", u"Garanti, satın alma tarihinden itibaren iki yıl boyunca parçaları ve işçiliği kapsar.");
        row("hi", u"वारंटी खरीद की तारीख से दो साल तक पुर्जों और श्रम को कवर करती है।");
        row("bn", u"ওয়ারেন্টি কেনার তারিখ থেকে দুই বছর যন্ত্রাংশ ও শ্রম কভার করে।");
        row("th", u"การรับประกันครอบคลุมชิ้นส่วนและค่าแรงเป็นเวลาสองปีนับจากวันที่ซื้อ");
        row("vi", u"Bảo hành bao gồm linh kiện và công sửa chữa trong hai năm kể từ ngày mua.");
        row("id", u"Garansi mencakup suku cadang dan tenaga kerja selama dua tahun sejak tanggal pembelian.");
        row("sv", u"Garantin täcker delar och arbete i två år från inköpsdatumet.");
        row("da", u"Garantien dækker dele og arbejde i to år fra købsdatoen, og den kan ikke overdrages.");
        row("nb", u"Garantien dekker deler og arbeid i to år fra kjøpsdatoen, og den kan ikke overføres.");
        row("fi", u"Takuu kattaa osat ja työn kahden vuoden ajan ostopäivästä.");
        row("el", u"Η εγγύηση καλύπτει τα ανταλλακτικά και την εργασία για δύο χρόνια.");
        row("hy", u"Երաշխիքը ծածկում է մասերը երկու տարի։");
        row("ka", u"გარანტია მოიცავს ნაწილებს ორი წლის განმავლობაში.");
        row("ta", u"உத்தரவாதம் இரண்டு ஆண்டுகளுக்கு பாகங்களை உள்ளடக்கியது.");
        row("my", u"အာမခံချက်သည် နှစ်နှစ်အတွက် အစိတ်အပိုင်းများကို အကျုံးဝင်သည်။");
    }
    void sentences()
    {
        QFETCH(QString, text);
        QFETCH(QString, code);
        const DetectedLanguage found = detectLanguage(text);
        QVERIFY2(found.language, "unknown");
        QCOMPARE(found.language->code.toString(), code);
        QVERIFY2(found.confidence >= 60 && found.confidence <= 99,
                 qPrintable(QString::number(found.confidence)));
    }

    void longTextIsSure_data() { sentences_data(); }
    void longTextIsSure()
    {
        QFETCH(QString, text);
        QFETCH(QString, code);
        const DetectedLanguage found = detectLanguage((text + u' ').repeated(4));
        QVERIFY(found.language);
        QCOMPARE(found.language->code.toString(), code);
        QVERIFY2(found.isSure(), qPrintable(QString::number(found.confidence)));
    }

    // Short text: what is named must be right, and an alphabet alone is never called sure.
    void shortText_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("code"); // empty: unknown
        QTest::addColumn<bool>("sure");
        QTest::newRow("Japanese word") << u"東京タワー"_qs << u"ja"_qs << true;
        QTest::newRow("one kana") << u"私の本"_qs << u"ja"_qs << true;
        QTest::newRow("kana quoted in Chinese")
            << u"他说「の」这个字在日语里是什么意思呢"_qs << u"zh-Hans"_qs << true;
        QTest::newRow("Japanese in Han only") << u"国際電話"_qs << u"ja"_qs << true;
        QTest::newRow("Japanese letters only") << u"駅前広場"_qs << u"ja"_qs << true;
        QTest::newRow("simplified") << u"你们这是说"_qs << u"zh-Hans"_qs << true;
        QTest::newRow("traditional") << u"你們這是說"_qs << u"zh-Hant"_qs << true;
        QTest::newRow("Han that tells nothing") << u"大山小水"_qs << u"zh-Hans"_qs << false;
        QTest::newRow("one Han letter") << u"山"_qs << u"zh-Hans"_qs << false;
        QTest::newRow("Korean word") << u"안녕하세요"_qs << u"ko"_qs << true;
        QTest::newRow("Thai word") << u"สวัสดี"_qs << u"th"_qs << true;
        QTest::newRow("Greek word") << u"Καλημέρα"_qs << u"el"_qs << true;
        QTest::newRow("Hebrew word") << u"שלום"_qs << u"he"_qs << true;
        QTest::newRow("French greeting") << u"Bonjour à vous"_qs << u"fr"_qs << false;
        QTest::newRow("German letter") << u"Große Straße"_qs << u"de"_qs << false;
        QTest::newRow("Spanish question") << u"¿Cómo está?"_qs << u"es"_qs << false;
        QTest::newRow("English words") << u"How are you?"_qs << u"en"_qs << false;
        QTest::newRow("Ukrainian letter") << u"Дякую її"_qs << u"uk"_qs << false;
        QTest::newRow("Russian greeting") << u"Привет, как ты?"_qs << u"ru"_qs << false;
        QTest::newRow("a name") << u"Kowalski"_qs << QString() << false;
        QTest::newRow("one letter") << u"x"_qs << QString() << false;
        QTest::newRow("Cyrillic word of many") << u"театр"_qs << QString() << false;
    }
    void shortText()
    {
        QFETCH(QString, text);
        QFETCH(QString, code);
        QFETCH(bool, sure);
        const DetectedLanguage found = detectLanguage(text);
        QCOMPARE(found.language ? found.language->code.toString() : QString(), code);
        QCOMPARE(found.isSure(), sure);
        if (!found.language)
            QCOMPARE(found.confidence, 0);
    }

    void mixedText_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("code");
        QTest::newRow("Chinese with English words")
            << u"我用 Python 和 PyTorch 写了一个 transformer 模型，训练很快。"_qs << u"zh-Hans"_qs;
        QTest::newRow("Japanese with an address")
            << u"詳細は https://example.org/very/long/address/with/english/words.html をご覧ください。"_qs
            << u"ja"_qs;
        QTest::newRow("German with code")
            << u"Rufen Sie `printf(\"this is the english text of a program\")` auf, um die Ausgabe zu sehen."_qs
            << u"de"_qs;
        QTest::newRow("French in markup")
            << u"<p class=\"the main paragraph\">Le chat est sur la table et il dort depuis ce matin.</p>"_qs
            << u"fr"_qs;
        QTest::newRow("Russian with a placeholder")
            << u"Осталось {minutes} минут до конца загрузки файла."_qs << u"ru"_qs;
        QTest::newRow("fence in Chinese")
            << u"运行下面的程序：\n```\nint main() { return the_answer_to_everything(); }\n```\n然后查看输出。"_qs
            << u"zh-Hans"_qs;
        QTest::newRow("English with one Han word")
            << u"The word 中文 means the Chinese language in writing."_qs << u"en"_qs;
        QTest::newRow("emoji around")
            << u"🐳🐳🐳 Diese Nachricht ist auf Deutsch geschrieben 🐳🐳🐳"_qs << u"de"_qs;
    }
    void mixedText()
    {
        QFETCH(QString, text);
        QFETCH(QString, code);
        const DetectedLanguage found = detectLanguage(text);
        QVERIFY(found.language);
        QCOMPARE(found.language->code.toString(), code);
    }

    // Half one language, half the other is not called sure.
    void twoLanguagesAreNotSure()
    {
        const DetectedLanguage found = detectLanguage(u"The warranty covers parts and labour for two years "
                                                      u"from today. Гарантия распространяется на детали и "
                                                      "работу в течение двух лет."_qs);
        QVERIFY(!found.isSure());
    }

    void noLanguage_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << QString();
        QTest::newRow("spaces") << u"  \n\t \u3000"_qs;
        QTest::newRow("numbers") << u"3.14159 2,718 42 % 17:30"_qs;
        QTest::newRow("emoji") << u"🐳🎉👩‍👩‍👧‍👦🇩🇪"_qs;
        QTest::newRow("signs") << u"--- *** ### ///"_qs;
        QTest::newRow("address") << u"https://example.org/a/b?c=d"_qs;
        QTest::newRow("unknown script") << u"ሰላም ለዓለም"_qs;
        QTest::newRow("consonants") << u"xkcd qwrtz zxcv bnmk lkjh fdsq"_qs;
        QTest::newRow("unpaired surrogates") << QString(300, QChar(0xD800));
        QTest::newRow("nulls") << QString(300, QChar(0));
        QTest::newRow("tag characters") << QString(QChar(0xDB40)) + QChar(0xDC41);
    }
    void noLanguage()
    {
        QFETCH(QString, text);
        const DetectedLanguage found = detectLanguage(text);
        QVERIFY2(!found.language, found.language ? qPrintable(found.language->name.toString()) : "");
        QCOMPARE(found.confidence, 0);
    }

    // The greater twin is meant: CLD2 confuses these even when it calls itself reliable.
    void twins()
    {
        const DetectedLanguage malay = detectLanguage(
            u"Waranti meliputi alat ganti dan upah kerja selama dua tahun dari tarikh pembelian barang itu."_qs);
        QVERIFY(malay.language);
        QVERIFY(malay.language->code != u"ms");
        const DetectedLanguage dutch = detectLanguage(u"De garantie is geldig voor onderdelen en werk."_qs);
        QVERIFY(dutch.language);
        QCOMPARE(dutch.language->code.toString(), u"nl"_qs);
    }

    void hostileTextIsFast_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("megabytes of Latin") << u"The quick brown fox. "_qs.repeated(250000);
        QTest::newRow("megabytes of Han") << QString(4000000, u'这');
        QTest::newRow("open brackets") << QString(1000000, u'<');
        QTest::newRow("open tags") << u"<a"_qs.repeated(500000);
        QTest::newRow("open braces") << QString(1000000, u'{');
        QTest::newRow("backticks") << QString(1000000, u'`');
        QTest::newRow("at signs") << u"a@ "_qs.repeated(300000);
        QTest::newRow("marks") << QString(1000000, QChar(0x301));
        QTest::newRow("one word") << QString(1000000, u'x');
    }
    void hostileTextIsFast()
    {
        QFETCH(QString, text);
        QElapsedTimer timer;
        timer.start();
        detectLanguage(text);
        QVERIFY2(timer.elapsed() < 250,
                 qPrintable(QString::number(timer.elapsed()))); // about 1 ms on an idle machine
    }

    void anyTextIsSurvived()
    {
        QRandomGenerator random(3);
        for (int round = 0; round < 400; ++round) {
            QString text;
            const int size = random.bounded(200);
            for (int i = 0; i < size; ++i)
                text += QChar(ushort(random.bounded(round % 2 ? 0x10000 : 0x600)));
            const DetectedLanguage found = detectLanguage(text);
            QVERIFY(found.confidence >= 0 && found.confidence <= 99);
            QCOMPARE(found.language == nullptr, found.confidence == 0);
        }
    }
};

QTEST_GUILESS_MAIN(TestLanguageDetector)
#include "tst_language_detector.moc"
