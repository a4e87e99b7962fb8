using System.IO.Compression;
using System.Text;
using Coxswain.Build.OpenApi;

// usage: dotnet run --project build/OpenApi -- src/ApiServer/Http/OpenApi/definitions.gz
// One line a definition: name, TAB, the names it refers to (comma-separated), TAB, the schema as JSON.
if (args.Length != 1)
{
    Console.Error.WriteLine("usage: OpenApi OUTPUT");
    return 2;
}
var names = DefinitionNames.OfModels();
var definitions = new SchemaWriter(names, Documentation.Load()).All();
await using (var zip = new GZipStream(File.Create(args[0]), CompressionLevel.SmallestSize))
{
    foreach (var line in definitions) await zip.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
}
Console.WriteLine($"{definitions.Count} definitions, {new FileInfo(args[0]).Length / 1024} KB");
return 0;
