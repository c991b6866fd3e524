// kernels/reference/reference_ops.h and parallel_for.h: against plain loops in double.
#include "kernels/reference/parallel_for.h"
#include "kernels/reference/reference_ops.h"

#include <QTest>

#include <atomic>
#include <cmath>
#include <numeric>
#include <random>

using namespace kernels;
using namespace kernels::reference;

namespace {

std::vector<float> noise(std::size_t n, unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<float> values(n);
    for (float &value : values)
        value = float(int(random() % 20001) - 10000) / 7000;
    return values;
}

} // namespace

class TestReferenceOps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void dotAgreesWithDouble_data()
    {
        QTest::addColumn<int>("n");
        for (const int n :
             {0, 1, 3, 15, 16, 17, 31, 100, 255, 256, 257, 271, 272, 511, 513, 1536, 8960, 11007})
            QTest::addRow("%d", n) << n;
    }
    void dotAgreesWithDouble()
    {
        QFETCH(int, n);
        const std::vector<float> a = noise(n, 1), b = noise(n, 2);
        double sum = 0, magnitudes = 0;
        for (int j = 0; j < n; ++j) {
            sum += double(a[j]) * double(b[j]);
            magnitudes += std::fabs(double(a[j]) * double(b[j]));
        }
        QVERIFY(std::fabs(dot(a.data(), b.data(), n) - sum) <= 1e-6 * magnitudes);
    }
    void dotSeesEveryElement()
    {
        for (const std::size_t n : {1, 16, 37, 300}) {
            std::vector<float> a(n, 0.0f), b(n, 1.0f);
            for (std::size_t j = 0; j < n; ++j) {
                a[j] = 3;
                QCOMPARE(dot(a.data(), b.data(), n), 3.0);
                a[j] = 0;
            }
        }
    }
    void dotDoesNotDependOnAlignment()
    {
        const std::vector<float> a = noise(400, 3), b = noise(400, 4);
        const double there = dot(a.data() + 1, b.data() + 3, 333);
        const std::vector<float> a2(a.begin() + 1, a.begin() + 334), b2(b.begin() + 3, b.begin() + 336);
        QCOMPARE(dot(a2.data(), b2.data(), 333), there);
    }

    void rmsNormAgreesWithDouble_data()
    {
        QTest::addColumn<int>("n");
        QTest::addColumn<double>("epsilon");
        for (const int n : {1, 2, 37, 576, 1537})
            for (const double epsilon : {1e-6, 1e-5, 0.5})
                QTest::addRow("%d %g", n, epsilon) << n << epsilon;
    }
    void rmsNormAgreesWithDouble()
    {
        QFETCH(int, n);
        QFETCH(double, epsilon);
        const std::vector<float> x = noise(n, 5), norm = noise(n, 6);
        std::vector<float> out(n);
        rmsNorm(x, norm, float(epsilon), out.data());
        double squares = 0;
        for (const float value : x)
            squares += double(value) * double(value);
        for (int j = 0; j < n; ++j) {
            const double expected =
                double(norm[j]) * double(x[j]) / std::sqrt(squares / n + double(float(epsilon)));
            QVERIFY(std::fabs(double(out[j]) - expected) <= 1e-6 * std::fabs(expected) + 1e-12);
        }
    }
    void rmsNormOfZerosIsZero()
    {
        const std::vector<float> zeros(8), norm(8, 2.0f);
        std::vector<float> out(8, 1.0f);
        rmsNorm(zeros, norm, 1e-6f, out.data());
        for (const float value : out)
            QCOMPARE(value, 0.0f);
    }

    void rotatesPairs_data()
    {
        QTest::addColumn<bool>("adjacent");
        QTest::addColumn<int>("headDim");
        QTest::addColumn<int>("position");
        for (const bool adjacent : {true, false})
            for (const int headDim : {2, 6, 64, 128})
                for (const int position : {0, 1, 63, 100000})
                    QTest::addRow("%s %d at %d", adjacent ? "adjacent" : "half", headDim, position)
                        << adjacent << headDim << position;
    }
    void rotatesPairs()
    {
        QFETCH(bool, adjacent);
        QFETCH(int, headDim);
        QFETCH(int, position);
        const int pairs = headDim / 2;
        std::vector<float> frequencies(pairs), cosines(pairs), sines(pairs);
        for (int i = 0; i < pairs; ++i)
            frequencies[i] = float(std::pow(10000.0, -2.0 * i / headDim));
        const std::vector<float> before = noise(headDim, 7);
        std::vector<float> head = before;
        rotationOf(position, frequencies, 1, cosines.data(), sines.data());
        rotateHead(head, adjacent ? RopePairs::Adjacent : RopePairs::Half, cosines.data(), sines.data());
        for (int i = 0; i < pairs; ++i) {
            const int first = adjacent ? 2 * i : i, second = adjacent ? 2 * i + 1 : i + pairs;
            const double angle = double(position) * double(frequencies[i]);
            const double a = before[first], b = before[second];
            QVERIFY(std::fabs(head[first] - (a * std::cos(angle) - b * std::sin(angle))) < 1e-6);
            QVERIFY(std::fabs(head[second] - (a * std::sin(angle) + b * std::cos(angle))) < 1e-6);
        }
    }

    void siluKnownValues()
    {
        QCOMPARE(silu(0), 0.0);
        QVERIFY(std::fabs(silu(1) - 0.7310585786300049) < 1e-15);
        QVERIFY(std::fabs(silu(-1) + 0.2689414213699951) < 1e-15);
        QCOMPARE(silu(1000), 1000.0);
        QCOMPARE(silu(-1000), 0.0); // no NaN where e^1000 overflows
    }
    void softmaxOfLargeScores()
    {
        std::vector<double> scores{1000, 1001, -1e9};
        softmax(scores);
        QVERIFY(std::fabs(scores[0] - 1 / (1 + std::exp(1.0))) < 1e-15);
        QVERIFY(std::fabs(scores[0] + scores[1] - 1) < 1e-15);
        QCOMPARE(scores[2], 0.0);
    }

    void parallelForVisitsEachOnce_data()
    {
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("count");
        for (const int threads : {0, 1, 2, 3, 16})
            for (const int count : {0, 1, 2, 3, 17, 1000})
                QTest::addRow("%d threads, %d", threads, count) << threads << count;
    }
    void parallelForVisitsEachOnce()
    {
        QFETCH(int, threads);
        QFETCH(int, count);
        std::vector<std::atomic<int>> visits(count), users(std::max(threads, 1));
        parallelFor(threads, count, [&](unsigned worker, std::size_t begin, std::size_t end) {
            ++users.at(worker); // a worker's scratch memory has one user
            for (std::size_t i = begin; i < end; ++i)
                ++visits.at(i);
        });
        for (const auto &n : visits)
            QCOMPARE(n.load(), 1);
        for (const auto &n : users)
            QVERIFY(n.load() <= 1);
    }
};

QTEST_GUILESS_MAIN(TestReferenceOps)
#include "tst_reference_ops.moc"
