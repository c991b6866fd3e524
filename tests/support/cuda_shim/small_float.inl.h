// One type of 16 bits and its pair, for cuda_fp16.h and cuda_bf16.h, which say by BALEEN_SHIM_SMALL... which.
#define BALEEN_SHIM_JOIN2(a, b) a##b
#define BALEEN_SHIM_JOIN(a, b) BALEEN_SHIM_JOIN2(a, b)

struct BALEEN_SHIM_JOIN(BALEEN_SHIM_SMALL, _raw)
{
    unsigned short x;
};

struct BALEEN_SHIM_SMALL
{
    unsigned short bits;

    BALEEN_SHIM_SMALL() = default;
    BALEEN_SHIM_SMALL(float value) : bits(BALEEN_SHIM_SMALL_BITS(value)) {}
    BALEEN_SHIM_SMALL(double value) : bits(BALEEN_SHIM_SMALL_BITS(shim::oddFloat(value))) {}
    BALEEN_SHIM_SMALL(int value) : bits(BALEEN_SHIM_SMALL_BITS(float(value))) {}
    BALEEN_SHIM_SMALL(BALEEN_SHIM_JOIN(BALEEN_SHIM_SMALL, _raw) raw) : bits(raw.x) {}
    operator float() const { return BALEEN_SHIM_SMALL_VALUE(bits); }
};

struct alignas(4) BALEEN_SHIM_SMALL2
{
    BALEEN_SHIM_SMALL x, y;
};

// A float has enough bits for one operation on these to be rounded twice without harm.
inline BALEEN_SHIM_SMALL __hadd(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return BALEEN_SHIM_SMALL(float(a) + float(b));
}
inline BALEEN_SHIM_SMALL __hsub(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return BALEEN_SHIM_SMALL(float(a) - float(b));
}
inline BALEEN_SHIM_SMALL __hmul(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return BALEEN_SHIM_SMALL(float(a) * float(b));
}
inline BALEEN_SHIM_SMALL __hdiv(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return BALEEN_SHIM_SMALL(float(a) / float(b));
}
inline BALEEN_SHIM_SMALL __hfma(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b, BALEEN_SHIM_SMALL c)
{
    return BALEEN_SHIM_SMALL(shim::fusedForNarrowing(float(a), float(b), float(c)));
}
inline BALEEN_SHIM_SMALL __hneg(BALEEN_SHIM_SMALL a)
{
    a.bits ^= 0x8000;
    return a;
}
inline BALEEN_SHIM_SMALL __habs(BALEEN_SHIM_SMALL a)
{
    a.bits &= 0x7fff;
    return a;
}
inline BALEEN_SHIM_SMALL __hmax(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return BALEEN_SHIM_SMALL(std::fmax(float(a), float(b)));
}
inline BALEEN_SHIM_SMALL __hmin(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return BALEEN_SHIM_SMALL(std::fmin(float(a), float(b)));
}
inline bool __hisnan(BALEEN_SHIM_SMALL a)
{
    return std::isnan(float(a));
}
inline bool __hgt(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return float(a) > float(b);
}
inline bool __hlt(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return float(a) < float(b);
}
inline bool __heq(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return float(a) == float(b);
}
inline BALEEN_SHIM_SMALL operator+(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return __hadd(a, b);
}
inline BALEEN_SHIM_SMALL operator-(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return __hsub(a, b);
}
inline BALEEN_SHIM_SMALL operator*(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return __hmul(a, b);
}
inline BALEEN_SHIM_SMALL operator/(BALEEN_SHIM_SMALL a, BALEEN_SHIM_SMALL b)
{
    return __hdiv(a, b);
}
inline BALEEN_SHIM_SMALL operator-(BALEEN_SHIM_SMALL a)
{
    return __hneg(a);
}

inline BALEEN_SHIM_SMALL2 __hadd2(BALEEN_SHIM_SMALL2 a, BALEEN_SHIM_SMALL2 b)
{
    return {__hadd(a.x, b.x), __hadd(a.y, b.y)};
}
inline BALEEN_SHIM_SMALL2 __hsub2(BALEEN_SHIM_SMALL2 a, BALEEN_SHIM_SMALL2 b)
{
    return {__hsub(a.x, b.x), __hsub(a.y, b.y)};
}
inline BALEEN_SHIM_SMALL2 __hmul2(BALEEN_SHIM_SMALL2 a, BALEEN_SHIM_SMALL2 b)
{
    return {__hmul(a.x, b.x), __hmul(a.y, b.y)};
}
inline BALEEN_SHIM_SMALL2 __hfma2(BALEEN_SHIM_SMALL2 a, BALEEN_SHIM_SMALL2 b, BALEEN_SHIM_SMALL2 c)
{
    return {__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y)};
}

#undef BALEEN_SHIM_SMALL
#undef BALEEN_SHIM_SMALL2
#undef BALEEN_SHIM_SMALL_BITS
#undef BALEEN_SHIM_SMALL_VALUE
#undef BALEEN_SHIM_JOIN
#undef BALEEN_SHIM_JOIN2
