# Installs what the program prints of itself: completions and the man page. It runs at install time,
# with `program`, `pages` (a folder for them), `datadir` and `mandir` set. Where the program cannot
# run, as after a build for another machine, it says so and leaves them out.
set(failed 0)
macro(install_page file folder) # and what the program is asked for
    if(NOT failed)
        execute_process(COMMAND "${program}" ${ARGN}
            OUTPUT_VARIABLE text ERROR_VARIABLE why RESULT_VARIABLE failed)
    endif()
    if(NOT failed)
        file(WRITE "${pages}/${file}" "${text}")
        set(destination "${folder}")
        cmake_path(ABSOLUTE_PATH destination BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}")
        file(INSTALL "${pages}/${file}" DESTINATION "${destination}")
    endif()
endmacro()

install_page(helloscope "${datadir}/bash-completion/completions" completion bash)
install_page(_helloscope "${datadir}/zsh/site-functions" completion zsh)
install_page(helloscope.fish "${datadir}/fish/vendor_completions.d" completion fish)
install_page(helloscope.1 "${mandir}/man1" man)
if(failed)
    message(STATUS "Without completions and man page: ${program} does not run here: ${failed}")
endif()
