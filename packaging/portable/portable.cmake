# The preset portable: baleen-cli as one file that needs glibc 2.27 or later and nothing else.
#
# Debian has no static library of SentencePiece; it is built once (static_sentencepiece.sh).
set(sentencepiece_folder ${CMAKE_BINARY_DIR}/sentencepiece)
message(STATUS "Building SentencePiece as a static library (once, some minutes)")
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/packaging/portable/static_sentencepiece.sh ${sentencepiece_folder}
    RESULT_VARIABLE sentencepiece_failed)
if(sentencepiece_failed)
    message(FATAL_ERROR "The preset portable needs SentencePiece as a static library; see above.")
endif()
add_library(PkgConfig::SENTENCEPIECE STATIC IMPORTED GLOBAL)
set_target_properties(PkgConfig::SENTENCEPIECE PROPERTIES
    IMPORTED_LOCATION ${sentencepiece_folder}/lib/libsentencepiece.a
    INTERFACE_INCLUDE_DIRECTORIES ${sentencepiece_folder}/include)

# makePortable(PROGRAM): static C++ runtime, and no symbol of glibc newer than 2.27.
function(makePortable program)
    target_sources(${program} PRIVATE ${CMAKE_SOURCE_DIR}/packaging/portable/old_glibc.cpp)
    target_link_options(${program} PRIVATE -static-libstdc++ -static-libgcc -Wl,--as-needed -Wl,--exclude-libs,ALL)
    add_custom_command(TARGET ${program} POST_BUILD VERBATIM
        COMMAND ${CMAKE_SOURCE_DIR}/packaging/portable/check_portable.sh $<TARGET_FILE:${program}>)
endfunction()
