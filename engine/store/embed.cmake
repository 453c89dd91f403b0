# cmake -DOUTPUT=schema.c "-DSTEPS=0001.sql;0002.sql" -P embed.cmake
#
# Writes the SQL files, in the order given, as byte arrays: the program carries its schema with it
# and needs no file at run time.
set(arrays "")
set(table "")
foreach(step IN LISTS STEPS)
	get_filename_component(name ${step} NAME_WE)
	file(READ ${step} bytes HEX)
	string(REGEX REPLACE "(................................)" "\\1\n\t" bytes "${bytes}")
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
	string(APPEND arrays "static const unsigned char sql_${name}[] = {\n\t${bytes}0x00};\n\n")
	string(APPEND table "\t\"${name}\", sql_${name},\n")
endforeach()
string(REGEX REPLACE "\t(\"[^\n]*),\n" "\t{\\1},\n" table "${table}")
file(WRITE ${OUTPUT} "#include \"store/schema.h\"\n\n${arrays}"
	"const tro_schema_step tro_schema_steps[] = {\n${table}};\n"
	"const size_t tro_schema_step_count = sizeof(tro_schema_steps) / sizeof(tro_schema_steps[0]);\n")
