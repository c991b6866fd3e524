// CUDA's short vectors and dim3, with the alignment that the device asks for.
#pragma once

struct dim3
{
    unsigned x, y, z;
    constexpr dim3(unsigned sizeX = 1, unsigned sizeY = 1, unsigned sizeZ = 1) : x(sizeX), y(sizeY), z(sizeZ)
    {}
};

#define BALEEN_SHIM_VECTORS(Element, name, align2, align4)                                                   \
    struct name##1                                                                                           \
    {                                                                                                        \
        Element x;                                                                                           \
    };                                                                                                       \
    struct alignas(align2) name##2                                                                           \
    {                                                                                                        \
        Element x, y;                                                                                        \
    };                                                                                                       \
    struct name##3                                                                                           \
    {                                                                                                        \
        Element x, y, z;                                                                                     \
    };                                                                                                       \
    struct alignas(align4) name##4                                                                           \
    {                                                                                                        \
        Element x, y, z, w;                                                                                  \
    };                                                                                                       \
    inline name##1 make_##name##1(Element x)                                                                 \
    {                                                                                                        \
        return {x};                                                                                          \
    }                                                                                                        \
    inline name##2 make_##name##2(Element x, Element y)                                                      \
    {                                                                                                        \
        return {x, y};                                                                                       \
    }                                                                                                        \
    inline name##3 make_##name##3(Element x, Element y, Element z)                                           \
    {                                                                                                        \
        return {x, y, z};                                                                                    \
    }                                                                                                        \
    inline name##4 make_##name##4(Element x, Element y, Element z, Element w)                                \
    {                                                                                                        \
        return {x, y, z, w};                                                                                 \
    }

BALEEN_SHIM_VECTORS(signed char, char, 2, 4)
BALEEN_SHIM_VECTORS(unsigned char, uchar, 2, 4)
BALEEN_SHIM_VECTORS(short, short, 4, 8)
BALEEN_SHIM_VECTORS(unsigned short, ushort, 4, 8)
BALEEN_SHIM_VECTORS(int, int, 8, 16)
BALEEN_SHIM_VECTORS(unsigned, uint, 8, 16)
BALEEN_SHIM_VECTORS(float, float, 8, 16)
BALEEN_SHIM_VECTORS(double, double, 16, 16)
BALEEN_SHIM_VECTORS(long long, longlong, 16, 16)
BALEEN_SHIM_VECTORS(unsigned long long, ulonglong, 16, 16)
#undef BALEEN_SHIM_VECTORS
