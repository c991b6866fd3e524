// A plug-in as versions before 2 of the interface were: it exports another function.
#include <cstdint>

extern "C" __attribute__((visibility("default"))) std::int32_t baleenCudaProbe(void *)
{
    return 0;
}
