using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Coxswain.Client;

/// <summary>The current context of a kubeconfig file: which server, whom to trust, who we are.</summary>
public sealed record KubeConfig
{
    public required Uri Server { get; init; }
    /// <summary>PEM; null trusts what the machine trusts.</summary>
    public string? AuthorityPem { get; init; }
    public string? ClientCertificatePem { get; init; }
    public string? ClientKeyPem { get; init; }
    public string? Token { get; init; }
    public string? Namespace { get; init; }

    /// <exception cref="InvalidDataException">The file is no kubeconfig, or its current context is incomplete; the message says where.</exception>
    public static KubeConfig Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception e) when (e is YamlException or FormatException)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <param name="directory">What relative file names in the text are relative to.</param>
    public static KubeConfig Parse(string text, string directory)
    {
        var root = Node.Parse(text);
        var context = root.Named("contexts", root.Text("current-context") ?? throw new FormatException("no current-context")).Child("context");
        var cluster = root.Named("clusters", context.Text("cluster") ?? throw new FormatException("the context names no cluster")).Child("cluster");
        var user = context.Text("user") is { } name ? root.Named("users", name).Child("user") : Node.Empty;
        return new KubeConfig
        {
            Server = new Uri(cluster.Text("server") ?? throw new FormatException("the cluster has no server")),
            AuthorityPem = Pem(cluster, "certificate-authority", directory),
            ClientCertificatePem = Pem(user, "client-certificate", directory),
            ClientKeyPem = Pem(user, "client-key", directory),
            Token = user.Text("token") ?? (user.Text("tokenFile") is { } file ? File.ReadAllText(Path.Combine(directory, file)).Trim() : null),
            Namespace = context.Text("namespace"),
        };
    }

    /// <summary>Null when the file names no client certificate.</summary>
    public X509Certificate2? ClientCertificate() =>
        ClientCertificatePem is { } certificate && ClientKeyPem is { } key ? X509Certificate2.CreateFromPem(certificate, key) : null;

    /// <summary>The data inside the file, or the contents of the file it names.</summary>
    private static string? Pem(Node node, string key, string directory)
    {
        if (node.Text($"{key}-data") is { Length: > 0 } data) return Encoding.ASCII.GetString(Convert.FromBase64String(data));
        return node.Text(key) is { Length: > 0 } file ? File.ReadAllText(Path.Combine(directory, file)) : null;
    }

    /// <summary>YAML as far as a kubeconfig goes: maps, lists and strings, read from the parser's events.</summary>
    private sealed class Node
    {
        public static Node Empty { get; } = new();

        private readonly Dictionary<string, Node> _children = [];
        private readonly List<Node> _items = [];
        private string? _text;

        public static Node Parse(string text)
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _)) return Empty;
            parser.Consume<DocumentStart>();
            return Read(parser);
        }

        public string? Text(string key) => _children.GetValueOrDefault(key)?._text;
        public Node Child(string key) => _children.GetValueOrDefault(key) ?? Empty;

        public Node Named(string list, string name) =>
            Child(list)._items.FirstOrDefault(i => i.Text("name") == name) ?? throw new FormatException($"no entry \"{name}\" under {list}");

        private static Node Read(Parser parser)
        {
            var node = new Node();
            if (parser.TryConsume<Scalar>(out var scalar)) node._text = scalar.Value;
            else if (parser.TryConsume<MappingStart>(out _))
            {
                while (!parser.TryConsume<MappingEnd>(out _)) node._children[parser.Consume<Scalar>().Value] = Read(parser);
            }
            else if (parser.TryConsume<SequenceStart>(out _))
            {
                while (!parser.TryConsume<SequenceEnd>(out _)) node._items.Add(Read(parser));
            }
            else throw new FormatException($"line {parser.Current?.Start.Line}: aliases are not for a kubeconfig");
            return node;
        }
    }
}
